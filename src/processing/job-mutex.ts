/**
 * Lets one caller at a time record results of a job in this process. Every write begins with a lock of the
 * job's row. Without this class the callers would wait for each other in the database, each with a connection
 * of the pool.
 */
export class JobMutex {
  private readonly last = new Map<string, Promise<unknown>>();

  /** Runs the work when all earlier work for this job has ended or failed. */
  async run<T>(job: string, work: () => Promise<T>): Promise<T> {
    const before = this.last.get(job);
    const current = before === undefined ? work() : before.then(work, work);
    this.last.set(job, current);
    try {
      return await current;
    } finally {
      if (this.last.get(job) === current) this.last.delete(job);
    }
  }
}
