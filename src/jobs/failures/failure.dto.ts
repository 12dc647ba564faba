import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { IMAGE_ERROR_CODES, type ImageErrorCode } from '../../images/image-error-code.js';
import { MAX_COUNTED_HOSTS, MAX_LISTED_FAILURES } from './failures.repository.js';

@ApiSchema({ name: 'ShelflineFailure' })
export class FailureDto {
  @ApiProperty({ type: String, example: 'http_status' satisfies ImageErrorCode, enum: IMAGE_ERROR_CODES })
  error_code!: string;

  @ApiProperty({
    example: 'photos.example.com',
    description: `The host of the URLs without its port, or the bucket of \`s3:\` URLs. \`other\` stands for all hosts after the first ${MAX_COUNTED_HOSTS.toLocaleString('en')}.`,
  })
  host!: string;

  @ApiProperty({ type: 'integer', minimum: 1, example: 12, description: 'The number of images.' })
  count!: number;

  @ApiProperty({
    example: 'https://photos.example.com/RP00002/1.jpg',
    description: 'The URL of one of these images.',
  })
  example_url!: string;
}

@ApiSchema({ name: 'ShelflineFailureList' })
export class FailureListDto {
  @ApiProperty({ type: [FailureDto], maxItems: MAX_LISTED_FAILURES })
  items!: FailureDto[];
}
