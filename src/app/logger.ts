import { ConsoleLogger, type LogLevel as NestLogLevel } from '@nestjs/common';
import { LOG_LEVELS, type LogLevel } from './environment.js';

/** Nest's own words for our levels. */
const NEST_LEVEL: Readonly<Record<LogLevel, NestLogLevel>> = {
  fatal: 'fatal',
  error: 'error',
  warn: 'warn',
  info: 'log',
  debug: 'debug',
  trace: 'verbose',
};

/** What the framework says while it puts itself together: nothing that an operator acts on. */
const ASSEMBLY = new Set([
  'NestFactory',
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'NestApplication',
]);

/** JSON lines, or readable text on a terminal. */
export class ApplicationLogger extends ConsoleLogger {
  constructor(
    private readonly level: LogLevel,
    json: boolean,
  ) {
    super({
      logLevels: LOG_LEVELS.slice(0, LOG_LEVELS.indexOf(level) + 1).map((name) => NEST_LEVEL[name]),
      json,
      colors: !json && process.env['NO_COLOR'] === undefined,
    });
  }

  override log(message: unknown, ...rest: unknown[]): void {
    if (!this.isAssembly(rest)) super.log(message, ...rest);
  }

  /** A start that fails is told by the process, in one line. */
  override error(message: unknown, ...rest: unknown[]): void {
    if (!this.isAssembly(rest)) super.error(message, ...rest);
  }

  private isAssembly(rest: readonly unknown[]): boolean {
    const context = rest.at(-1);
    return typeof context === 'string' && ASSEMBLY.has(context) && this.level !== 'trace';
  }
}
