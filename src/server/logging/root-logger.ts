import { type DestinationStream, destination, type Logger, pino, stdTimeFunctions } from 'pino';
import type { LogLevel } from '../environment.js';
import { withoutSecrets } from './secrets.js';

/** The maximum number of bytes of lines that wait for a slow reader of standard output. Further lines are dropped. */
const MAX_WAITING_BYTES = 4 * 1024 * 1024;

/** Creates the logger of the process. A line is one JSON object with its level, time and process. */
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

/** Standard output that never blocks the process. Lines are written asynchronously, and the last of them when the process ends. */
function standardOutput(): DestinationStream {
  return destination({ dest: 1, sync: false, maxLength: MAX_WAITING_BYTES });
}
