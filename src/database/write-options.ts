import type { EntityManager } from 'typeorm';

/** Options of a change by code. */
export interface WriteOptions {
  /**
   * The manager of an open transaction on the DataSource of the module. The change becomes part of the transaction: others see it, and its events are
   * emitted, after the commit. A refused change leaves the transaction as it was. Any other manager is refused with an error. The default is a
   * transaction of the change alone.
   */
  readonly manager?: EntityManager | undefined;
}
