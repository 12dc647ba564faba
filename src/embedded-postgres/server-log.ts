import { closeSync, constants, openSync } from 'node:fs';
import { readFile, stat, truncate } from 'node:fs/promises';

/** Bytes after which the log is emptied, and how often its size is looked at. */
const MAX_BYTES = 8 << 20;
const CHECK_MS = 60_000;

/** The file that a server writes its messages to: what it said since it was started, never more than a few MB. */
export class ServerLog {
  constructor(readonly path: string) {}

  /** Lends a descriptor of the emptied file, to start a server with. */
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

  /** Keeps the file short until the function that it returns is called. Does not keep the application alive. */
  keepShort(): () => void {
    const timer = setInterval(() => void this.emptyWhenLong().catch(() => undefined), CHECK_MS);
    timer.unref();
    return () => clearInterval(timer);
  }

  /** Empties the file when it is long. The server appends, so it goes on at the new end. */
  async emptyWhenLong(maxBytes = MAX_BYTES): Promise<void> {
    if ((await stat(this.path)).size > maxBytes) {
      await truncate(this.path);
    }
  }
}
