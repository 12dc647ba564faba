import { ApiError } from '../http/errors/api-error.js';

/**
 * Limits imports to one at a time, because each holds a connection of the database. Callers are served in rotation.
 *
 * While other imports wait, the running import may wait for its client for `stallMs` in total. After that it ends with `408`, and the next one begins. So
 * a slow import delays another by at most `stallMs`. While no other import waits, only the time limits of the body apply.
 */
export class ImportQueue {
  private isBusy = false;
  private current: RunningImport | undefined;
  /** Waiting imports by caller. The caller that was served last is at the end. */
  private readonly waiting = new Map<string, (() => void)[]>();

  /** Runs the work when no other work runs. The work has to wait for rows with {@link RunningImport.receive}. */
  async run<T>(caller: string, stallMs: number, work: (current: RunningImport) => Promise<T>): Promise<T> {
    if (this.isBusy) await this.wait(caller);
    this.isBusy = true;
    const current = new RunningImport(stallMs);
    this.current = current;
    if (this.waiting.size > 0) current.contend();
    try {
      return await work(current);
    } finally {
      this.current = undefined;
      this.startNext(caller);
    }
  }

  private async wait(caller: string): Promise<void> {
    const started = Promise.withResolvers<void>();
    const line = this.waiting.get(caller) ?? [];
    line.push(started.resolve);
    this.waiting.set(caller, line);
    this.current?.contend();
    await started.promise;
  }

  private startNext(served: string): void {
    const own = this.waiting.get(served);
    if (own !== undefined) {
      this.waiting.delete(served);
      this.waiting.set(served, own);
    }
    const [next] = this.waiting;
    if (next === undefined) {
      this.isBusy = false;
      return;
    }
    const [caller, line] = next;
    const start = line.shift();
    if (line.length === 0) this.waiting.delete(caller);
    start?.();
  }
}

/** The import that holds the connection. */
export class RunningImport {
  private readonly ended = Promise.withResolvers<never>();
  private leftMs: number;
  private isContended = false;
  private isWaiting = false;
  private since = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(stallMs: number) {
    this.leftMs = stallMs;
    this.ended.promise.catch(() => {});
  }

  /**
   * Waits for rows of the client.
   *
   * @throws ApiError `408` if other imports have waited too long for this client
   */
  async receive<T>(rows: Promise<T>): Promise<T> {
    // The rows may still fail after the import has ended.
    rows.catch(() => {});
    this.isWaiting = true;
    this.update();
    try {
      return await Promise.race([rows, this.ended.promise]);
    } finally {
      this.isWaiting = false;
      this.update();
    }
  }

  /** Called when another import begins to wait for this one. */
  contend(): void {
    this.isContended = true;
    this.update();
  }

  private update(): void {
    const counts = this.isContended && this.isWaiting;
    if (counts && this.timer === undefined) {
      this.since = performance.now();
      this.timer = setTimeout(() => this.ended.reject(tooSlow()), Math.max(0, this.leftMs));
    } else if (!counts && this.timer !== undefined) {
      clearTimeout(this.timer);
      this.timer = undefined;
      this.leftMs -= performance.now() - this.since;
    }
  }
}

function tooSlow(): ApiError {
  return new ApiError(
    408,
    'The rows came too slowly while other imports waited, so nothing was imported. Send the file again, faster or in parts of less than 5,000 rows.',
    'body_too_slow',
  );
}
