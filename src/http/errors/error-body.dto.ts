import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { MAX_FAULTS } from '../input/validation.js';

@ApiSchema({ name: 'ShelflineFault' })
class FaultBody {
  @ApiProperty({ example: 'visits[3].image_url[0]' })
  path!: string;

  @ApiProperty({ example: 'must be an absolute http: or https: URL' })
  message!: string;
}

/** The body of every response of 4xx and 5xx. */
@ApiSchema({ name: 'ShelflineErrorBody' })
export class ErrorBody {
  @ApiProperty({
    minLength: 1,
    description: 'One sentence that says what is wrong.',
    example: 'Job not found',
  })
  error!: string;

  @ApiProperty({ description: 'A stable code for programs.', pattern: '^[a-z_]+$', example: 'job_not_found' })
  code!: string;

  @ApiProperty({
    type: [FaultBody],
    maxItems: MAX_FAULTS,
    description: `The first ${MAX_FAULTS} faults of the input.`,
    example: [],
  })
  details!: FaultBody[];
}
