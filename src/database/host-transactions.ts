import type { DataSource, EntitySubscriberInterface, QueryRunner, TransactionCommitEvent } from 'typeorm';

/** What waits for the commit of one connection's transaction, each with how many savepoints it was made within. */
interface Waiting {
  savepoints: number;
  tells: { readonly within: number; readonly tell: () => void }[];
}

/**
 * Tells of what was done in transactions that others began, and commit or roll back: what was rolled back with a savepoint
 * is never told of. Listens to the DataSource from the first time that it is asked to.
 */
export class HostTransactions implements EntitySubscriberInterface {
  private readonly waiting = new Map<QueryRunner, Waiting>();
  private isListening = false;

  constructor(private readonly dataSource: DataSource) {}

  /** Calls back when the transaction of this connection has been committed, and never when it has not. */
  onceCommitted(runner: QueryRunner, tell: () => void): void {
    if (!this.isListening) this.dataSource.subscribers.push(this);
    this.isListening = true;
    const waiting = this.waiting.get(runner) ?? { savepoints: 0, tells: [] };
    waiting.tells.push({ within: waiting.savepoints, tell });
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
      // A savepoint was released: what was made in it stands and falls with what is around it.
      waiting.savepoints -= 1;
      waiting.tells = waiting.tells.map(({ within, tell }) => ({
        within: Math.min(within, waiting.savepoints),
        tell,
      }));
      return;
    }
    this.waiting.delete(queryRunner);
    for (const { tell } of waiting.tells) tell();
  }

  afterTransactionRollback({ queryRunner }: TransactionCommitEvent): void {
    const waiting = this.waiting.get(queryRunner);
    if (waiting === undefined) return;
    waiting.tells = waiting.tells.filter(({ within }) => within < waiting.savepoints);
    waiting.savepoints -= 1;
    if (!queryRunner.isTransactionActive) this.waiting.delete(queryRunner);
  }
}
