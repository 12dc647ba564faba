import { ApiProperty } from '@nestjs/swagger';

class FaultBody {
  @ApiProperty({ example: 'visits[3].image_url[0]' })
  path!: string;

  @ApiProperty({ example: 'must be an absolute http: or https: URL' })
  message!: string;
}

/** The body of every answer of 4xx and 5xx. */
export class ErrorBody {
  @ApiProperty({ description: 'One sentence a person can act on.', example: 'Job not found' })
  error!: string;

  @ApiProperty({ description: 'A stable code for machines.', example: 'job_not_found' })
  code!: string;

  @ApiProperty({ type: [FaultBody], description: 'Single faults of the input, the first 20.', example: [] })
  details!: FaultBody[];
}
