import { isUtf8 } from 'node:buffer';
import { Inject, Injectable, type NestMiddleware } from '@nestjs/common';
import type { NextFunction, Request, Response } from 'express';
import { ApiError } from './api-error.js';
import { answerError } from './error-answer.js';
import { GatheredBytes } from './gathered-bytes.js';
import { HTTP_OPTIONS, type HttpOptions } from './http.options.js';
import { hasBody, openBody } from './request-body.js';

/**
 * Reads the JSON body of the routes it is applied to: `415` for another content type, `413` above the limit, `429` where
 * the bodies in hand leave no room for it, `400` for what is not JSON in UTF-8. A body that the platform has parsed
 * already is taken as it is.
 */
@Injectable()
export class JsonBodyMiddleware implements NestMiddleware {
  /** Bytes of bodies whose requests are not answered yet. */
  private heldBytes = 0;

  constructor(@Inject(HTTP_OPTIONS) private readonly options: HttpOptions) {}

  async use(request: Request, response: Response, next: NextFunction): Promise<void> {
    try {
      if (request.body === undefined) request.body = parseJson(await this.read(request, response));
    } catch (error) {
      return answerError(response, error);
    }
    next();
  }

  /**
   * The bytes of the body. They count as held until the request is answered.
   *
   * @throws ApiError
   */
  async read(request: Request, response: Response): Promise<Buffer> {
    if (!hasBody(request)) {
      throw new ApiError(400, 'The request has no body. Send a JSON object.', 'missing_body');
    }
    if (!request.is('application/json')) throw new ApiError(415, 'Send the body as application/json.');
    const charset = /;\s*charset\s*=\s*"?([^";\s]*)/i.exec(request.get('content-type') ?? '')?.[1] ?? 'utf-8';
    if (charset.toLowerCase() !== 'utf-8') {
      throw new ApiError(415, 'The body has to be UTF-8.', 'unsupported_charset');
    }
    return this.collect(request, response);
  }

  private async collect(request: Request, response: Response): Promise<Buffer> {
    const { maxBodyBytes, bodyMemoryBytes, bodyPace } = this.options;
    if (Number(request.headers['content-length'] ?? 0) > maxBodyBytes) throw this.tooLarge();
    const body = new GatheredBytes();
    let bytes = 0;
    let isHeld = true;
    response.once('close', () => {
      isHeld = false;
      this.heldBytes -= bytes;
    });
    for await (const chunk of openBody(request, bodyPace) as AsyncIterable<Buffer>) {
      // What was read ahead may still come when the sender has gone: nobody would give it back.
      if (!isHeld)
        throw new ApiError(400, 'The request broke off before the end of its body.', 'incomplete_body');
      bytes += chunk.length;
      this.heldBytes += chunk.length;
      if (bytes > maxBodyBytes) throw this.tooLarge();
      if (this.heldBytes > bodyMemoryBytes) {
        throw new ApiError(
          429,
          'Too many large bodies are being taken in. Try again in a few seconds.',
          'busy',
        );
      }
      body.add(chunk);
    }
    return body.take();
  }

  private tooLarge(): ApiError {
    return new ApiError(
      413,
      `The body is larger than the limit of ${this.options.maxBodyBytes} bytes.`,
      'body_too_large',
    );
  }
}

/**
 * The value of a JSON text. RFC 8259 §8.1: JSON between systems is UTF-8; decoding would replace broken bytes silently.
 *
 * @throws ApiError `400`
 */
export function parseJson(body: Buffer): unknown {
  if (!isUtf8(body)) throw new ApiError(400, 'The body is not valid UTF-8.', 'malformed_json');
  try {
    return JSON.parse(body.toString('utf8').replace(/^\uFEFF/, ''));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ApiError(
      400,
      `The body is not valid JSON: ${reason.replaceAll(/\s+/g, ' ').slice(0, 200)}.`,
      'malformed_json',
    );
  }
}
