import { NotFoundError } from './api-error.js';

/** `404`: no job has this id, or it was deleted. */
export class JobNotFoundError extends NotFoundError {
  constructor() {
    super('Job not found', 'job_not_found');
  }
}
