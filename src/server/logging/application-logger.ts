import type { LoggerService } from '@nestjs/common';
import type { Level, Logger } from 'pino';

/** What the framework says while it puts itself together: nothing that an operator acts on. */
const ASSEMBLY = new Set([
  'NestFactory',
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'NestApplication',
]);

/** What of a logger is needed here. */
export type Lines = Pick<Logger, Level | 'isLevelEnabled'>;

/**
 * Writes what is said through Nest's `Logger` as lines of pino: the fields of an object stand at the top of the line, the
 * name of who says it in `context`, and a stack in `stack`.
 */
export class ApplicationLogger implements LoggerService {
  /** @param current the logger to write to: of the request in hand, or of the process */
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

  /** The last of `rest` is the context; before it may stand a stack. */
  private write(level: Level, message: unknown, rest: readonly unknown[]): void {
    const lines = this.current();
    const context = rest.at(-1);
    // A start that fails is told by the process, in one line.
    if (typeof context === 'string' && ASSEMBLY.has(context) && !lines.isLevelEnabled('trace')) return;
    const stack = rest.length > 1 && typeof rest[0] === 'string' ? { stack: rest[0] } : {};
    if (message instanceof Error) lines[level]({ context, err: message, ...stack });
    else if (typeof message === 'string') lines[level]({ context, ...stack }, message);
    else lines[level]({ context, ...(typeof message === 'object' ? message : { message }), ...stack });
  }
}
