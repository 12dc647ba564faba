import type { LoggerService } from '@nestjs/common';
import type { Level, Logger } from 'pino';

/** The contexts of messages that Nest logs while it starts. They are only logged at the level `trace`. */
const ASSEMBLY = new Set([
  'NestFactory',
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'NestApplication',
]);

/** The methods of a logger that are used here. */
export type Lines = Pick<Logger, Level | 'isLevelEnabled'>;

/**
 * Writes messages of Nest's `Logger` as lines of pino. The fields of an object become fields of the line, the name of the logger is `context`, and a stack
 * is `stack`.
 */
export class ApplicationLogger implements LoggerService {
  /** @param current returns the logger of the current request, or otherwise that of the process */
  constructor(private readonly current: () => Lines) {}

  fatal(message: unknown, ...rest: unknown[]): void {
    this.write('fatal', message, rest);
  }

  error(message: unknown, ...rest: unknown[]): void {
    this.write('error', message, rest);
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.write('warn', message, rest);
  }

  log(message: unknown, ...rest: unknown[]): void {
    this.write('info', message, rest);
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.write('debug', message, rest);
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    this.write('trace', message, rest);
  }

  /** The last element of `rest` is the context. A stack may precede it. */
  private write(level: Level, message: unknown, rest: readonly unknown[]): void {
    const lines = this.current();
    const context = rest.at(-1);
    // The process logs a failed start itself, in one line.
    if (typeof context === 'string' && ASSEMBLY.has(context) && !lines.isLevelEnabled('trace')) return;
    const stack = rest.length > 1 && typeof rest[0] === 'string' ? { stack: rest[0] } : {};
    if (message instanceof Error) lines[level]({ context, err: message, ...stack });
    else if (typeof message === 'string') lines[level]({ context, ...stack }, message);
    else lines[level]({ context, ...(typeof message === 'object' ? message : { message }), ...stack });
  }
}
