import { timingSafeEqual } from 'node:crypto';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { ApiError } from '../../http/errors/api-error.js';
import { getCaller, rememberCaller, rememberKey } from '../../http/caller.js';
import { answerError } from '../../http/errors/error-answer.js';
import { isShareToken, readShareToken } from '../share/share-token.js';
import { type ApiKey, digestKey } from './api-key-setting.js';

/**
 * Identifies the caller of a request by its key, from `Authorization: Bearer <key>` or `X-API-Key: <key>`. The digest of the key is the name of the
 * caller. A key is compared with the digests of all keys in constant time, so that the duration reveals nothing about them. If both headers have a valid
 * key, that of `Authorization` is used.
 */
export function recogniseCaller(keys: readonly ApiKey[]): RequestHandler {
  const known = keys.map((key) => ({ key, digest: Buffer.from(key.digest, 'hex') }));
  return (request: Request, _response: Response, next: NextFunction): void => {
    const sent = getKeys(request);
    for (const token of sent.filter(isShareToken)) recogniseShare(request, token, keys);
    for (const given of sent.map(digestKey)) {
      for (const { key } of known.filter(({ digest }) => timingSafeEqual(digest, given))) {
        rememberCaller(request, key.digest);
        rememberKey(request, key);
      }
    }
    next();
  };
}

/** Identifies the caller of a shared link. All people who open the same link are one caller. */
function recogniseShare(request: Request, token: string, keys: readonly ApiKey[]): void {
  for (const { name, shareKey } of keys) {
    const share = readShareToken(token, shareKey);
    if (share === undefined || share.expiresAt.getTime() <= Date.now()) continue;
    rememberCaller(request, `share ${digestKey(token).toString('hex')}`);
    rememberKey(request, { name: `shared-by-${name}`, scopes: ['read'], share });
    return;
  }
}

/** Answers requests without a valid key with `401`. */
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

/** Returns the possible keys. The bearer token may be for a proxy in front of the server, so both headers are read. */
function getKeys(request: Request): readonly string[] {
  const bearer = /^Bearer +(\S+) *$/i.exec(request.get('authorization') ?? '');
  return [request.get('x-api-key') ?? '', bearer?.[1] ?? ''];
}
