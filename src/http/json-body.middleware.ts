import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { Inject, Injectable, type NestMiddleware } from '@nestjs/common';
import { json, type NextFunction, type Request, type RequestHandler, type Response } from 'express';
import { ApiError } from './api-error.js';
import { answerError } from './error-answer.js';
import { HTTP_OPTIONS, type HttpOptions } from './http.options.js';

/**
 * Reads the JSON body of the routes it is applied to: `415` for another content type, `413` above the limit,
 * `400` for what is not JSON in UTF-8. A body that the platform has parsed already is taken as it is.
 */
@Injectable()
export class JsonBodyMiddleware implements NestMiddleware {
  private readonly parse: RequestHandler;

  constructor(@Inject(HTTP_OPTIONS) options: HttpOptions) {
    this.parse = json({ limit: options.maxBodyBytes, strict: false, verify: refuseBrokenUtf8 });
  }

  use(request: Request, response: Response, next: NextFunction): void {
    if (request.body !== undefined) return next();
    if (!hasBody(request)) {
      return answerError(
        response,
        new ApiError(400, 'The request has no body. Send a JSON object.', 'missing_body'),
      );
    }
    if (!request.is('application/json')) {
      return answerError(response, new ApiError(415, 'Send the body as application/json.'));
    }
    const charset = /;\s*charset\s*=\s*"?([^";\s]*)/i.exec(request.get('content-type') ?? '')?.[1] ?? 'utf-8';
    if (charset.toLowerCase() !== 'utf-8') {
      return answerError(response, new ApiError(415, 'The body has to be UTF-8.', 'unsupported_charset'));
    }
    this.parse(request, response, (error?: unknown) => {
      if (error !== undefined) return answerError(response, error);
      next();
    });
  }
}

/** RFC 9112 §6: a request has a body when it says how the body is framed. */
function hasBody(request: IncomingMessage): boolean {
  return (
    request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0
  );
}

/**
 * RFC 8259 §8.1: JSON between systems is UTF-8. Decoding would replace broken bytes silently. The parser makes its own
 * error of what is thrown here, of the type `entity.verify.failed`.
 */
function refuseBrokenUtf8(_request: IncomingMessage, _response: unknown, body: Buffer): void {
  if (!isUtf8(body)) throw new Error('The body is not valid UTF-8.');
}
