import { closeSync, constants, openSync } from 'node:fs';
import { readFile, stat, truncate } from 'node:fs/promises';

/** Size at which the log is emptied, in bytes, and the interval of the check. */
const MAX_BYTES = 8 << 20;
const CHECK_MS = 60_000;

/** The log file of a server: its messages since the start, limited to a few MB. */
export class ServerLog {
  constructor(readonly path: string) {}

  /** Empties the file and passes a descriptor of it to `start`. */
  async writeFrom<T>(start: (fd: number) => Promise<T>): Promise<T> {
    const { O_WRONLY, O_CREAT, O_TRUNC, O_APPEND, O_NOFOLLOW } = constants;
    const fd = openSync(this.path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_NOFOLLOW, 0o600);
    try {
      return await start(fd);
    } finally {
      closeSync(fd);
    }
  }

  read(): Promise<string> {
    return readFile(this.path, 'utf8');
  }

  /** Limits the size of the file until the returned function is called. Does not keep the process alive. */
  limitSize(): () => void {
    const timer = setInterval(() => void this.emptyIfTooLong().catch(() => undefined), CHECK_MS);
    timer.unref();
    return () => clearInterval(timer);
  }

  /** Empties the file if it is too long. The server appends, so it continues at the new end. */
  async emptyIfTooLong(maxBytes = MAX_BYTES): Promise<void> {
    if ((await stat(this.path)).size > maxBytes) {
      await truncate(this.path);
    }
  }
}
