/** One try took too long. */
export class TryTimeoutError extends Error {
  override readonly name = 'TryTimeoutError';
}

/**
 * The time of one try. It runs while a host is being waited for, and stands still while the try waits for its turn
 * here. When it is used up, or the caller gives up, `signal` aborts.
 */
export class Stopwatch {
  private readonly controller = new AbortController();
  private timer: NodeJS.Timeout | undefined;
  private startedAt = 0;
  private readonly forward: () => void;

  constructor(
    private remainingMs: number,
    private readonly caller: AbortSignal | undefined,
  ) {
    this.forward = () => this.controller.abort(caller?.reason);
    caller?.addEventListener('abort', this.forward, { once: true });
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  start(): void {
    this.startedAt = performance.now();
    this.timer = setTimeout(
      () => this.controller.abort(new TryTimeoutError()),
      Math.max(0, this.remainingMs),
    );
  }

  pause(): void {
    clearTimeout(this.timer);
    this.remainingMs -= performance.now() - this.startedAt;
  }

  /** Lets go of the caller's signal. */
  end(): void {
    clearTimeout(this.timer);
    this.caller?.removeEventListener('abort', this.forward);
  }
}
