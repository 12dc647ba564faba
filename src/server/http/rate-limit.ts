import { isIP } from 'node:net';
import type { Request, RequestHandler } from 'express';
import { ipKeyGenerator, rateLimit } from 'express-rate-limit';
import { ApiError } from '../../http/errors/api-error.js';
import { getCaller } from '../../http/caller.js';
import { answerError } from '../../http/errors/error-answer.js';

const MINUTE_MS = 60_000;

/**
 * Limits the requests of each client per minute. Further requests are answered with `429` and the time to wait in `Retry-After`. A client is identified by
 * its key, or otherwise by its address (for IPv6 by the /56, which providers assign to one customer). Each process counts separately.
 */
export function limitRate(perMinute: number): RequestHandler {
  return rateLimit({
    windowMs: MINUTE_MS,
    limit: perMinute,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    keyGenerator: (request) => getCaller(request) || ipKeyGenerator(getAddress(request)),
    handler: (_request, response) => {
      answerError(
        response,
        new ApiError(
          429,
          `More than ${perMinute} requests in a minute. Try again after the time in Retry-After.`,
        ),
      );
    },
  });
}

/** The address of the client according to the trusted proxies. Some add a port. If it is not an address, that of the proxy is used. */
function getAddress(request: Request): string {
  const address = request.ip ?? '';
  const bare = address.replace(/^\[(.*)\](:\d+)?$/, '$1').replace(/^([\d.]+):\d+$/, '$1');
  return isIP(bare) === 0 ? (request.socket.remoteAddress ?? '::') : bare;
}
