import { Inject, Injectable } from '@nestjs/common';
import { HttpService } from '@nestjs/axios';
import type { AxiosResponse } from 'axios';
import { firstValueFrom } from 'rxjs';
import type { Readable } from 'node:stream';
import type { DueCallback } from './callbacks.repository.js';
import { WebhookSigner } from './webhook-signer.js';
import { WEBHOOKS_OPTIONS, type WebhooksOptions } from './webhooks.options.js';

/** What a receiver did with a message: it answered with a status, or it did not, for a reason that a log may hold. */
export type Reception =
  { readonly status: number; readonly fault?: undefined } | { readonly status: null; readonly fault: string };

/** Nobody reads what a receiver says beside its status. A little is taken in, so that it can end in good order. */
const BODY_BYTES = 65_536;
const BODY_MS = 1_000;

/** Posts signed messages, by an HttpService that connects to permitted addresses alone. */
@Injectable()
export class WebhookSender {
  private readonly signer: WebhookSigner;

  constructor(
    private readonly http: HttpService,
    @Inject(WEBHOOKS_OPTIONS) private readonly options: WebhooksOptions,
  ) {
    this.signer = new WebhookSigner(options.secrets);
  }

  /**
   * One POST, signed with the time at which it was read: the database's clock is right where this process's may not be, and
   * receivers refuse a message that seems old. A redirect is an answer like any other, and not followed.
   *
   * @throws the reason of the signal once that has aborted
   */
  async post({ url, webhook_id, body, read_at }: DueCallback, signal: AbortSignal): Promise<Reception> {
    const deadline = AbortSignal.timeout(this.options.timeoutMs);
    try {
      const response = await firstValueFrom(
        this.http.post<Readable>(url, Buffer.from(body), {
          signal: AbortSignal.any([signal, deadline]),
          headers: {
            'content-type': 'application/json',
            'user-agent': this.options.userAgent,
            ...this.signer.sign(webhook_id, new Date(read_at), body),
          },
        }),
      );
      drop(response);
      return { status: response.status };
    } catch (error) {
      signal.throwIfAborted();
      return { status: null, fault: deadline.aborted ? 'timeout' : toFault(error) };
    }
  }
}

/** Takes the rest of an answer off the connection, up to a limit, without anybody waiting for it. */
function drop({ data }: AxiosResponse<Readable>): void {
  const timer = setTimeout(() => data.destroy(), BODY_MS).unref();
  let bytes = 0;
  data.on('error', () => {});
  data.on('close', () => clearTimeout(timer));
  data.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > BODY_BYTES) data.destroy();
  });
}

/** The code of an error, such as `ECONNREFUSED`: its message may hold an address. */
function toFault(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const cause = error.cause instanceof Error ? error.cause : error;
  return 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.name;
}
