import type { EntityManager } from 'typeorm';

/** Options of a read by code. */
export interface ReadOptions {
  /**
   * The manager of an open transaction on the DataSource of the module. The read uses its connection and sees its uncommitted changes. Any other manager
   * is refused with an error. The default is a connection of the pool, which sees committed changes only.
   */
  readonly manager?: EntityManager | undefined;
}
