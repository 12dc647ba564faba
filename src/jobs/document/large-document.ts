import { once } from 'node:events';
import type { Worker } from 'node:worker_threads';
import type { DocumentPiece } from './document-worker.js';

/** The thread that parses a document. */
export interface DocumentThread {
  readonly worker: Worker;
  /** Aborts when it has ended. */
  readonly ended: AbortSignal;
}

/** What the thread says next. */
export async function nextMessage({ worker, ended }: DocumentThread): Promise<DocumentPiece | undefined> {
  const [piece]: DocumentPiece[] = await once(worker, 'message', { signal: ended });
  return piece;
}

/** A JSON document of a job whose visits are still with the thread that parsed it. */
export class LargeDocument {
  private isTaken = false;

  constructor(
    /** The fields of the job, without its visits. */
    readonly job: Readonly<Record<string, unknown>>,
    /** The number of its visits. */
    readonly length: number,
    private readonly thread: DocumentThread,
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
    await this.thread.worker.terminate();
  }

  private async *read(): AsyncGenerator<readonly unknown[]> {
    for (let read = 0; read < this.length;) {
      const answered = nextMessage(this.thread);
      this.thread.worker.postMessage('next', []);
      const piece = await answered;
      if (piece?.kind !== 'visits' || piece.visits.length === 0)
        throw new Error('the document ended before its end');
      read += piece.visits.length;
      yield piece.visits;
    }
  }
}
