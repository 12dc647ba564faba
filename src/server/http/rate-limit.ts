import { isIP } from 'node:net';
import type { Request, RequestHandler } from 'express';
import { ipKeyGenerator, rateLimit } from 'express-rate-limit';
import { ApiError } from '../../http/errors/api-error.js';
import { getCaller } from '../../http/caller.js';
import { answerError } from '../../http/errors/error-answer.js';

const MINUTE_MS = 60_000;

/**
 * Lets so many requests a minute of each client by, and answers the others with `429` and the time to wait in
 * `Retry-After`. A client is the caller whose key was recognised, else the address that the request came from: of IPv6
 * the /56, which is what one customer gets. Counted in this process.
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

/** The client's address as the trusted proxies tell it. Some add the port; what is no address at all is the proxy's. */
function getAddress(request: Request): string {
  const told = request.ip ?? '';
  const bare = told.replace(/^\[(.*)\](:\d+)?$/, '$1').replace(/^([\d.]+):\d+$/, '$1');
  return isIP(bare) === 0 ? (request.socket.remoteAddress ?? '::') : bare;
}
