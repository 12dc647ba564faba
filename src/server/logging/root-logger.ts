import { type DestinationStream, destination, type Logger, pino, stdTimeFunctions } from 'pino';
import type { LogLevel } from '../environment.js';
import { withoutSecrets } from './secrets.js';

/** Lines that wait for a reader of standard output who reads too slowly, in bytes: what is more is dropped. */
const MAX_WAITING_BYTES = 4 * 1024 * 1024;

/** The logger that all lines of this process go through: one JSON object a line, with its level, time and process. */
export function createRootLogger(level: LogLevel, lines: DestinationStream = standardOutput()): Logger {
  return pino(
    {
      level,
      messageKey: 'message',
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      hooks: { streamWrite: withoutSecrets },
    },
    lines,
  );
}

/** Standard output, which never holds up the process: lines are written beside its work, and the last of them at its end. */
function standardOutput(): DestinationStream {
  return destination({ dest: 1, sync: false, maxLength: MAX_WAITING_BYTES });
}
