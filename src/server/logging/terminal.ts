import type { DestinationStream } from 'pino';
import { build } from 'pino-pretty';

type Line = Readonly<Record<string, unknown>>;

/** Standard output for people on a terminal: the time, the level, a headline, and the other fields. */
export function terminal(): DestinationStream {
  return build({
    sync: true,
    colorize: process.env['NO_COLOR'] === undefined,
    messageKey: 'message',
    translateTime: 'SYS:HH:MM:ss.l',
    singleLine: true,
    ignore: 'pid,hostname,context,event,method,path,status,stack,request_id,remote_address',
    messageFormat: headline,
  });
}

/** The headline of a line: its message, its event, or its request. A stack follows on further lines. */
export function headline({ message, event, method, path, status, stack }: Line): string {
  const parts = event === 'request_finished' ? [method, path, status] : [message ?? event];
  const text = parts.map(String).join(' ');
  const withStack = typeof stack === 'string' ? `${text}\n${stack}` : text;
  // Control characters could change the terminal.
  return withStack.replaceAll(/[^\P{Cc}\n]/gu, ' ');
}
