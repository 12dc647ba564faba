import { defined, of } from './call.js';
import { Listing } from './listing.js';
import { toData, type Transport } from './transport.js';
import type { CallOptions, PutReview, Visit, VisitsQuery } from './types.js';

/** Visits across jobs, and their reviews. */
export class Visits {
  constructor(private readonly transport: Transport) {}

  /** The visits that match, newest first. */
  list(query: VisitsQuery = {}, { signal }: CallOptions = {}): Listing<Visit> {
    return new Listing((cursor) =>
      toData(
        this.transport.http.GET('/api/visits', {
          params: { query: defined({ ...query, cursor }) },
          ...of(signal),
        }),
      ),
    );
  }

  async get(visitId: string, { signal }: CallOptions = {}): Promise<Visit> {
    return toData(this.transport.http.GET('/api/visits/{visit_id}', { ...path(visitId), ...of(signal) }));
  }

  /** Records a decision about a visit. The last one counts. */
  async review(visitId: string, review: PutReview, { signal }: CallOptions = {}): Promise<Visit> {
    return toData(
      this.transport.http.PUT('/api/visits/{visit_id}/review', {
        ...path(visitId),
        body: review,
        ...of(signal),
      }),
    );
  }

  async deleteReview(visitId: string, { signal }: CallOptions = {}): Promise<void> {
    await this.transport.http.DELETE('/api/visits/{visit_id}/review', { ...path(visitId), ...of(signal) });
  }
}

function path(visitId: string): { params: { path: { visit_id: string } } } {
  return { params: { path: { visit_id: visitId } } };
}
