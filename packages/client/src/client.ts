import type { Client } from 'openapi-fetch';
import { of } from './call.js';
import { Jobs } from './jobs.js';
import type { paths } from './schema.js';
import { Stores } from './stores.js';
import { type ShelflineClientOptions, toData, Transport } from './transport.js';
import type { CallOptions, Me } from './types.js';
import { Visits } from './visits.js';

/** The API of one server, with one key. */
export class ShelflineClient {
  readonly jobs: Jobs;
  readonly stores: Stores;
  readonly visits: Visits;
  /** Every route of the OpenAPI document, typed, for what has no method of its own here. */
  readonly http: Client<paths, 'application/json'>;

  constructor(options: ShelflineClientOptions) {
    const transport = new Transport(options);
    this.jobs = new Jobs(transport);
    this.stores = new Stores(transport);
    this.visits = new Visits(transport);
    this.http = transport.http;
  }

  /** The name and the scopes of the key. */
  async me({ signal }: CallOptions = {}): Promise<Me> {
    return toData(this.http.GET('/api/me', of(signal)));
  }
}

/**
 * Creates a client.
 *
 * @example
 * const client = createShelflineClient({ origin: 'https://shelfline.example.com', apiKey });
 * for await (const job of client.jobs.list({ status: 'failed' })) console.log(job.reference);
 */
export function createShelflineClient(options: ShelflineClientOptions): ShelflineClient {
  return new ShelflineClient(options);
}
