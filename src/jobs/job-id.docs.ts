import { ApiParam } from '@nestjs/swagger';

/** The id of a job in examples. */
export const EXAMPLE_JOB_ID = 'job_20241116100000_8f14e45fceea167a5a36';

/** Documents the id of a job in the path of a route. */
export function ApiJobId(): MethodDecorator {
  return ApiParam({
    name: 'job_id',
    type: String,
    description: 'The `job_id` that the submission answered.',
    example: EXAMPLE_JOB_ID,
  });
}
