import { createHash, timingSafeEqual } from 'node:crypto';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { ApiError } from '../../http/errors/api-error.js';
import { getCaller, rememberCaller } from '../../http/caller.js';
import { answerError } from '../../http/errors/error-answer.js';

/**
 * Notes whose request it is where it carries one of the keys, as `Authorization: Bearer <key>` or `X-API-Key: <key>`: the
 * digest of the key is the caller's name. Keys are compared by their digests, every one of them each time, so that the
 * time tells nothing.
 */
export function recogniseCaller(keys: readonly string[]): RequestHandler {
  const digests = keys.map(digest);
  return (request: Request, _response: Response, next: NextFunction): void => {
    for (const given of getKeys(request).map(digest)) {
      const matches = digests.filter((known) => timingSafeEqual(known, given)).length;
      if (matches > 0) rememberCaller(request, given.toString('hex'));
    }
    next();
  };
}

/** Answers requests of callers who were not recognised with `401`. */
export function refuseStrangers(request: Request, response: Response, next: NextFunction): void {
  if (getCaller(request) !== '') return next();
  response.setHeader('WWW-Authenticate', 'Bearer');
  answerError(
    response,
    new ApiError(
      401,
      'A valid key is needed: send it as "Authorization: Bearer <key>" or "X-API-Key: <key>".',
    ),
  );
}

/** What may be a key. A bearer token may be meant for a proxy in front: the other header counts beside it. */
function getKeys(request: Request): readonly string[] {
  const bearer = /^Bearer +(\S+) *$/i.exec(request.get('authorization') ?? '');
  return [request.get('x-api-key') ?? '', bearer?.[1] ?? ''];
}

function digest(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}
