import { type ApiError, type Fault, InvalidInputError } from '../../http/errors/api-error.js';
import { MAX_FAULTS } from '../../http/input/validation.js';

/** Counts the faults of a submission and keeps the first of them. */
export class FaultList {
  count = 0;
  readonly first: Fault[] = [];

  /** @param max the maximum number of faults that are kept */
  constructor(private readonly max: number = MAX_FAULTS) {}

  /** Whether the check may stop, because no further fault would be kept. */
  get canStop(): boolean {
    return this.count >= this.max;
  }

  add(faults: readonly Fault[]): void {
    this.count += faults.length;
    const room = this.max - this.first.length;
    if (room > 0 && faults.length > 0) this.first.push(...faults.slice(0, room));
  }

  toError(): ApiError {
    return new InvalidInputError(this.first.slice(0, MAX_FAULTS));
  }
}
