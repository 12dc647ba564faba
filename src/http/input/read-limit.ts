import pLimit from 'p-limit';
import type { ReadOptions } from '../../database/read-options.js';

/**
 * Limits how many reads run at a time. Reads in transactions of a caller have a separate limit, because the other reads may wait for the connection of
 * such a transaction.
 */
export class ReadLimit {
  private readonly inTransactions;
  private readonly others;

  constructor(max: number) {
    this.inTransactions = pLimit(max);
    this.others = pLimit(max);
  }

  async run<T>({ manager }: ReadOptions, read: () => Promise<T>): Promise<T> {
    return manager === undefined ? this.others(read) : this.inTransactions(read);
  }
}
