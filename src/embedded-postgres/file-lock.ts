import { spawn } from 'node:child_process';
import { closeSync, constants, openSync } from 'node:fs';
import { getErrorCode, EmbeddedPostgresError, getReason } from './embedded-postgres-error.js';
import { childEnvironment } from './supervised-process.js';

/** Flag of open(2) on BSD and macOS that locks the file. Node has no name for it. */
const O_EXLOCK = 0x20;

/**
 * An exclusive flock(2) on a file. The operating system releases it when the last process with the descriptor
 * ends, for any reason. It also works between containers that share the disk.
 *
 * Node has no function for it. On Linux flock(1) therefore locks the descriptor that it inherits: the lock
 * belongs to the open file, not to the process.
 */
export class FileLock {
  private constructor(
    readonly path: string,
    /** May be passed to a child process, which then holds the lock too. */
    readonly fd: number,
  ) {}

  /** Takes the lock; undefined if another process has it. Creates the file, readable by its owner only. */
  static async tryAcquire(path: string): Promise<FileLock | undefined> {
    const fd = open(path);
    if (fd === undefined) {
      return undefined;
    }
    try {
      if (process.platform === 'darwin' || (await flock(fd))) {
        return new FileLock(path, fd);
      }
    } catch (error) {
      closeSync(fd);
      throw error;
    }
    closeSync(fd);
    return undefined;
  }

  /** Releases the lock, unless a child process still holds it. */
  release(): void {
    closeSync(this.fd);
  }
}

function open(path: string): number | undefined {
  const flags = constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW;
  try {
    return process.platform === 'darwin'
      ? openSync(path, flags | constants.O_NONBLOCK | O_EXLOCK, 0o600)
      : openSync(path, flags, 0o600);
  } catch (error) {
    if (getErrorCode(error) === 'EAGAIN') {
      return undefined;
    }
    throw new EmbeddedPostgresError(`cannot open the lock file ${path}: ${getReason(error)}`, {
      cause: error,
    });
  }
}

function flock(fd: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const child = spawn('flock', ['-n', '-x', '3'], {
      env: childEnvironment(),
      // Ctrl-C in a terminal is for the application. If it ended flock, the disk would seem to lack locks.
      detached: true,
      stdio: ['ignore', 'ignore', 'ignore', fd],
    });
    child.once('error', (error) => {
      reject(
        new EmbeddedPostgresError(
          `cannot lock the data folder with flock (of util-linux): ${getReason(error)}; install it, or set DATABASE_URL`,
          { cause: error },
        ),
      );
    });
    child.once('close', (code) => {
      if (code === 0 || code === 1) {
        resolve(code === 0);
      } else {
        reject(
          new EmbeddedPostgresError(
            'the disk of the data folder does not support locks: choose another DATA_DIR',
          ),
        );
      }
    });
  });
}
