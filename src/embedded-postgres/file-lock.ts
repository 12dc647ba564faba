import { spawn } from 'node:child_process';
import { closeSync, constants, openSync } from 'node:fs';
import { getErrorCode, EmbeddedPostgresError, getReason } from './embedded-postgres-error.js';
import { childEnvironment } from './supervised-process.js';

/** BSD's and macOS's flag of open(2) that takes the lock with the file; Node has no name for it. */
const O_EXLOCK = 0x20;

/**
 * An exclusive flock(2) on a file, which the operating system gives back when the last process that holds the
 * descriptor is gone, however it went. Processes of other containers that share the disk see it as well.
 *
 * Node has no call for it, so on Linux flock(1) takes it on the descriptor it is handed: the lock belongs to the open
 * file, not to the process that asked for it.
 */
export class FileLock {
  private constructor(
    readonly path: string,
    /** May be handed to a child, which then holds the lock too. */
    readonly fd: number,
  ) {}

  /** Takes the lock; undefined when somebody else has it. Makes the file, readable by its owner only. */
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

  /** Gives the lock back, unless a child still holds it. */
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
      // A terminal's Ctrl-C is for the application, and must not look like a disk without locks.
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
