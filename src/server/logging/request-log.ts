import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Request, RequestHandler, Response } from 'express';
import type { Level, Logger } from 'pino';
import { pinoHttp } from 'pino-http';
import { getKey } from '../../http/caller.js';

/** The accepted values of `X-Request-Id`. */
const REQUEST_ID = /^[\w.:+/=@-]{1,128}$/;
/** The maximum number of characters of a path in a line. */
const MAX_PATH = 300;
/** The paths that monitoring requests every few seconds. */
const PROBE = /^\/(health|metrics)(\/|$)/;
const JOB = /^\/api\/jobs\/(job_\w{1,60})/;

/**
 * Gives each request an id: its `X-Request-Id`, or a new one. Its log lines and its response contain the id. When the request ends, one line is logged
 * without its query and headers. For health and metrics the level of that line is `debug`.
 */
export function logRequests(logger: Logger): RequestHandler {
  const identify = pinoHttp<Request, Response>({
    logger,
    autoLogging: false,
    quietReqLogger: true,
    quietResLogger: true,
    wrapSerializers: false,
    serializers: { req: () => undefined, res: () => undefined },
    customAttributeKeys: { reqId: 'request_id' },
    genReqId: (request, response) => {
      const id = getRequestId(request);
      response.setHeader('X-Request-Id', id);
      return id;
    },
  });
  return (request, response, next) => {
    const began = performance.now();
    identify(request, response);
    response.once('close', () => {
      const path = request.originalUrl.replace(/[?#][^]*$/, '').slice(0, MAX_PATH);
      request.log[getLevel(path, response.statusCode)]({
        event: 'request_finished',
        method: request.method,
        path,
        status: response.statusCode,
        duration_ms: Math.round(performance.now() - began),
        remote_address: request.ip,
        key_name: getKey(request)?.name,
        // The job in the path, or the job that the request created.
        job_id: (JOB.exec(path) ?? JOB.exec(response.get('location') ?? ''))?.[1],
        ...(response.writableFinished ? {} : { broke_off: true }),
      });
    });
    next();
  };
}

function getRequestId({ headers }: IncomingMessage): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
}

function getLevel(path: string, status: number): Level {
  if (status >= 500) return 'warn';
  return PROBE.test(path) ? 'debug' : 'info';
}
