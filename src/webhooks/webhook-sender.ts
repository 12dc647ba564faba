import { Inject, Injectable } from '@nestjs/common';
import type { HttpService } from '@nestjs/axios';
import type { AxiosResponse } from 'axios';
import { firstValueFrom } from 'rxjs';
import type { Readable } from 'node:stream';
import { AddressRule } from '../outbound/address-rule.js';
import { LOOKUP, type LookupAll } from '../outbound/lookup.js';
import type { DueWebhook } from './webhooks.repository.js';
import { createWebhookClient } from './webhook-client.js';
import { WebhookSigner } from './webhook-signer.js';
import { WEBHOOKS_OPTIONS, type WebhooksOptions } from './webhooks.options.js';

/** The answer of a receiver: its status, or the code of the error if it did not answer. */
export type Reception =
  { readonly status: number; readonly fault?: undefined } | { readonly status: null; readonly fault: string };

/**
 * Only the status of an answer is used. A little of the body is read, so that the connection can be closed
 * normally.
 */
const BODY_BYTES = 65_536;
const BODY_MS = 1_000;

/** Posts signed messages. It connects only to permitted addresses. */
@Injectable()
export class WebhookSender {
  private readonly signer: WebhookSigner;
  private client: Promise<HttpService> | undefined;

  constructor(
    private readonly rule: AddressRule,
    @Inject(LOOKUP) private readonly lookup: LookupAll,
    @Inject(WEBHOOKS_OPTIONS) private readonly options: WebhooksOptions,
  ) {
    this.signer = new WebhookSigner(options.secrets);
  }

  /**
   * Makes one POST. The signed time is that of the database's clock, because receivers refuse a message that
   * seems old and the clock of this process may be wrong. A redirect is an answer like any other and is not
   * followed.
   *
   * @throws the reason of the signal after it aborted
   */
  async post({ url, webhook_id, body, read_at }: DueWebhook, signal: AbortSignal): Promise<Reception> {
    const http = await (this.client ??= createWebhookClient(this.rule, this.lookup));
    const deadline = AbortSignal.timeout(this.options.timeoutMs);
    try {
      const response = await firstValueFrom(
        http.post<Readable>(url, Buffer.from(body), {
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

/** Discards the rest of an answer, up to a limit. The caller does not wait for this. */
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

/** The code of an error, such as `ECONNREFUSED`. Its message might contain an address. */
function toFault(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const cause = error.cause instanceof Error ? error.cause : error;
  return 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.name;
}
