import { ApiError } from './api-error.js';

/**
 * How many bodies or answers of one kind may be streaming at a time: each holds some memory and a connection of the
 * database now and then, however slow the other side is.
 */
export class OpenStreams {
  private open = 0;

  constructor(
    private readonly limit: number,
    private readonly what: string,
  ) {}

  /**
   * @returns what gives the place back, once however often it is called
   * @throws ApiError `429` where there are too many
   */
  take(): () => void {
    if (this.open >= this.limit)
      throw new ApiError(429, `Too many ${this.what} are under way. Try again in a few seconds.`, 'busy');
    this.open += 1;
    let isHeld = true;
    return () => {
      if (isHeld) this.open -= 1;
      isHeld = false;
    };
  }
}
