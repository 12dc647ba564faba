import type { DestinationStream } from 'pino';
import { build } from 'pino-pretty';

type Line = Readonly<Record<string, unknown>>;

/** Standard output as a person reads it on a terminal: time, level, what happened, and its other fields behind it. */
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

/** What a line begins with: its message, its event, or the request that was answered; and its stack, over further lines. */
export function headline({ message, event, method, path, status, stack }: Line): string {
  const said = event === 'request_finished' ? [method, path, status] : [message ?? event];
  const told =
    typeof stack === 'string' ? `${said.map(String).join(' ')}\n${stack}` : said.map(String).join(' ');
  // What is written to a terminal must not steer it.
  return told.replaceAll(/[^\P{Cc}\n]/gu, ' ');
}
