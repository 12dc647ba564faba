import { timingSafeEqual } from 'node:crypto';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { ApiError } from '../../http/errors/api-error.js';
import { getCaller, rememberCaller, rememberKey } from '../../http/caller.js';
import { answerError } from '../../http/errors/error-answer.js';
import { type ApiKey, digestKey } from './api-key-setting.js';

/**
 * Recognises the caller of a request that carries one of the keys, as `Authorization: Bearer <key>` or `X-API-Key: <key>`. The
 * digest of the key identifies the caller. Each request is compared with the digests of all keys in constant time, so that the
 * time shows nothing about them. Where both headers carry a key, that of `Authorization` counts.
 */
export function recogniseCaller(keys: readonly ApiKey[]): RequestHandler {
  const known = keys.map((key) => ({ key, digest: Buffer.from(key.digest, 'hex') }));
  return (request: Request, _response: Response, next: NextFunction): void => {
    for (const given of getKeys(request).map(digestKey)) {
      for (const { key } of known.filter(({ digest }) => timingSafeEqual(digest, given))) {
        rememberCaller(request, key.digest);
        rememberKey(request, key);
      }
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
