import { defined, of } from './call.js';
import { Listing } from './listing.js';
import { type RequestBody, toData, toJson, type Transport } from './transport.js';
import type { CallOptions, ImportResult, PutStore, Store, StoresQuery } from './types.js';

/** The store master. */
export class Stores {
  constructor(private readonly transport: Transport) {}

  /** The stores that match, by their ids. */
  list(query: StoresQuery = {}, { signal }: CallOptions = {}): Listing<Store> {
    return new Listing((cursor) =>
      toData(
        this.transport.http.GET('/api/stores', {
          params: { query: defined({ ...query, cursor }) },
          ...of(signal),
        }),
      ),
    );
  }

  async get(storeId: string, { signal }: CallOptions = {}): Promise<Store> {
    return toData(this.transport.http.GET('/api/stores/{store_id}', { ...path(storeId), ...of(signal) }));
  }

  /** Creates or changes a store. An absent field stays, null clears it. */
  async put(storeId: string, store: PutStore, { signal }: CallOptions = {}): Promise<Store> {
    return toData(
      this.transport.http.PUT('/api/stores/{store_id}', { ...path(storeId), body: store, ...of(signal) }),
    );
  }

  async delete(storeId: string, { signal }: CallOptions = {}): Promise<void> {
    await this.transport.http.DELETE('/api/stores/{store_id}', { ...path(storeId), ...of(signal) });
  }

  /** Imports a store master as CSV. */
  async importCsv(content: RequestBody, { signal }: CallOptions = {}): Promise<ImportResult> {
    return toJson<ImportResult>(
      await this.transport.send({
        method: 'POST',
        path: '/api/stores/import',
        headers: { 'content-type': 'text/csv' },
        body: content,
        signal,
      }),
    );
  }
}

function path(storeId: string): { params: { path: { store_id: string } } } {
  return { params: { path: { store_id: storeId } } };
}
