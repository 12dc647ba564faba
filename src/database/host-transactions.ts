import type { DataSource, EntitySubscriberInterface, QueryRunner, TransactionCommitEvent } from 'typeorm';

/**
 * Callbacks that wait for the commit of one connection's transaction, each with its number of enclosing
 * savepoints.
 */
interface Waiting {
  savepoints: number;
  callbacks: { readonly within: number; readonly callback: () => void }[];
}

/**
 * Calls back after a transaction of a host platform was committed. A callback from a savepoint that was rolled
 * back is never called. It subscribes to the DataSource on first use.
 */
export class HostTransactions implements EntitySubscriberInterface {
  private readonly waiting = new Map<QueryRunner, Waiting>();
  private isListening = false;

  constructor(private readonly dataSource: DataSource) {}

  /** Calls back when the transaction of this connection was committed, and never if it was not. */
  onceCommitted(runner: QueryRunner, callback: () => void): void {
    if (!this.isListening) this.dataSource.subscribers.push(this);
    this.isListening = true;
    const waiting = this.waiting.get(runner) ?? { savepoints: 0, callbacks: [] };
    waiting.callbacks.push({ within: waiting.savepoints, callback });
    this.waiting.set(runner, waiting);
  }

  afterTransactionStart({ queryRunner }: TransactionCommitEvent): void {
    const waiting = this.waiting.get(queryRunner);
    if (waiting !== undefined) waiting.savepoints += 1;
  }

  afterTransactionCommit({ queryRunner }: TransactionCommitEvent): void {
    const waiting = this.waiting.get(queryRunner);
    if (waiting === undefined) return;
    if (queryRunner.isTransactionActive) {
      // A savepoint was released. Its callbacks now belong to the enclosing savepoint or transaction.
      waiting.savepoints -= 1;
      waiting.callbacks = waiting.callbacks.map(({ within, callback }) => ({
        within: Math.min(within, waiting.savepoints),
        callback,
      }));
      return;
    }
    this.waiting.delete(queryRunner);
    for (const { callback } of waiting.callbacks) callback();
  }

  afterTransactionRollback({ queryRunner }: TransactionCommitEvent): void {
    const waiting = this.waiting.get(queryRunner);
    if (waiting === undefined) return;
    waiting.callbacks = waiting.callbacks.filter(({ within }) => within < waiting.savepoints);
    waiting.savepoints -= 1;
    if (!queryRunner.isTransactionActive) this.waiting.delete(queryRunner);
  }
}
