import { isUtf8 } from 'node:buffer';
import type { Readable } from 'node:stream';
import { Inject, Injectable, type NestMiddleware } from '@nestjs/common';
import type { NextFunction, Request, Response } from 'express';
import { ApiError } from '../errors/api-error.js';
import { getFairnessKey } from '../caller.js';
import { answerError } from '../errors/error-answer.js';
import { GatheredBytes } from './gathered-bytes.js';
import { HTTP_OPTIONS, type HttpOptions } from '../http.options.js';
import { findReadBody, hasBody, openBody } from './request-body.js';
import { type MemoryHolding, SharedMemory } from './shared-memory.js';
import { unsupportedType } from '../errors/unsupported-type.js';

const JSON_FORM = { JSON: 'application/json' };

/** A body, and the memory that it holds until the request is answered. */
export interface HeldBody {
  readonly body: GatheredBytes;
  readonly holding: MemoryHolding;
}

/** Reads JSON bodies into a limited memory that all callers share. */
@Injectable()
export class JsonBodies {
  private readonly memory: SharedMemory;

  constructor(@Inject(HTTP_OPTIONS) private readonly options: HttpOptions) {
    this.memory = new SharedMemory(options.bodyMemoryBytes);
  }

  /**
   * Reads a body. Its bytes count as memory until the request is answered. If the memory is full, requests of the caller that holds the most are refused.
   *
   * @throws ApiError `400` without a body, `408` if the upload is too slow, `413` above the limit, `415` for another content type, `429` if the
   *   memory is full
   */
  async read(request: Request, response: Response, maxBytes: number): Promise<HeldBody> {
    if (!hasBody(request)) {
      throw new ApiError(400, 'The request has no body. Send a JSON object.', 'missing_body');
    }
    if (!request.is('application/json')) throw unsupportedType(request, JSON_FORM);
    const charset = /;\s*charset\s*=\s*"?([^";\s]*)/i.exec(request.get('content-type') ?? '')?.[1] ?? 'utf-8';
    if (charset.toLowerCase() !== 'utf-8') {
      throw new ApiError(415, 'The body has to be UTF-8.', 'unsupported_charset');
    }
    const body = openBody(request, this.options.bodyPace, maxBytes);
    const holding = this.memory.open(getFairnessKey(request));
    const evict = (): unknown => body.destroy(getReason(holding.evicted));
    response.once('close', () => holding.release());
    holding.evicted.addEventListener('abort', evict);
    try {
      return { body: await this.collect(body, holding, response), holding };
    } finally {
      holding.evicted.removeEventListener('abort', evict);
    }
  }

  private async collect(body: Readable, holding: MemoryHolding, response: Response): Promise<GatheredBytes> {
    const bytes = new GatheredBytes();
    for await (const chunk of body as AsyncIterable<Buffer>) {
      // Buffered bytes may still arrive after the client disconnected. Nothing would release their memory.
      if (response.closed)
        throw new ApiError(400, 'The request broke off before the end of its body.', 'incomplete_body');
      if (!holding.grow(chunk.length)) {
        throw new ApiError(
          429,
          'Too many large bodies are being taken in. Try again in a few seconds.',
          'busy',
        );
      }
      bytes.add(chunk);
    }
    return bytes;
  }
}

function getReason(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new Error('aborted');
}

/**
 * Parses small JSON bodies of at most a few KiB: `415` for another content type, `413` above the limit, `400` if it is not JSON in UTF-8. A body that
 * the host platform has already parsed is used unchanged.
 */
@Injectable()
export class JsonBodyMiddleware implements NestMiddleware {
  constructor(
    private readonly bodies: JsonBodies,
    @Inject(HTTP_OPTIONS) private readonly options: HttpOptions,
  ) {}

  async use(request: Request, response: Response, next: NextFunction): Promise<void> {
    try {
      if (request.body === undefined || findReadBody(request) !== undefined) {
        const { body } = await this.bodies.read(request, response, this.options.maxSmallBodyBytes);
        request.body = parseJson(body.drain());
      }
    } catch (error) {
      return answerError(response, error);
    }
    next();
  }
}

/**
 * Parses JSON in UTF-8 (RFC 8259 §8.1). Invalid bytes are refused, and not replaced silently.
 *
 * @throws ApiError `400`
 */
export function parseJson(body: Buffer): unknown {
  return parseJsonText(textOfJson(body));
}

/** @throws ApiError `400` if the bytes are not UTF-8 */
export function textOfJson(body: Buffer): string {
  if (!isUtf8(body)) throw new ApiError(400, 'The body is not valid UTF-8.', 'malformed_json');
  return body.toString('utf8').replace(/^\uFEFF/, '');
}

/** @throws ApiError `400` if the text is not JSON */
export function parseJsonText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ApiError(
      400,
      `The body is not valid JSON: ${reason.replaceAll(/\s+/g, ' ').slice(0, 200)}.`,
      'malformed_json',
    );
  }
}
