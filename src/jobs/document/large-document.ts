import { once } from 'node:events';
import type { Worker } from 'node:worker_threads';
import type { DocumentPiece } from './document-worker.js';

/** A JSON document of a job whose visits are still with the thread that parsed it. */
export class LargeDocument {
  private readonly closed = new AbortController();
  private isTaken = false;

  constructor(
    /** The fields of the job, without its visits. */
    readonly job: Readonly<Record<string, unknown>>,
    /** The number of its visits. */
    readonly length: number,
    private readonly worker: Worker,
  ) {}

  /** The visits in pieces, unchecked. Once they have been read, or are left, the document is closed. */
  async *pieces(): AsyncGenerator<readonly unknown[]> {
    this.isTaken = true;
    try {
      yield* this.read();
    } finally {
      await this.close();
    }
  }

  /** Closes it unless somebody reads it. */
  async closeUnlessTaken(): Promise<void> {
    if (!this.isTaken) await this.close();
  }

  /** Ends the thread; what it still has is gone. */
  async close(): Promise<void> {
    this.closed.abort(new Error('the document is closed'));
    await this.worker.terminate();
  }

  private async *read(): AsyncGenerator<readonly unknown[]> {
    for (let read = 0; read < this.length;) {
      const answered = once(this.worker, 'message', { signal: this.closed.signal });
      this.worker.postMessage('next', []);
      const [piece]: DocumentPiece[] = await answered;
      if (piece?.kind !== 'visits' || piece.visits.length === 0)
        throw new Error('the document ended before its end');
      read += piece.visits.length;
      yield piece.visits;
    }
  }
}
