/**
 * Whoever writes results of one job in this process takes turns. Each begins with the lock of the job's row, so they would
 * wait for each other anyway: in the database, each with a connection of the pool that everybody else wants too.
 */
export class JobTurns {
  private readonly last = new Map<string, Promise<unknown>>();

  /** Does the work when whatever came before it for this job has ended, well or not. */
  async take<T>(job: string, work: () => Promise<T>): Promise<T> {
    const before = this.last.get(job);
    const turn = before === undefined ? work() : before.then(work, work);
    this.last.set(job, turn);
    try {
      return await turn;
    } finally {
      if (this.last.get(job) === turn) this.last.delete(job);
    }
  }
}
