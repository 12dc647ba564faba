import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useState } from 'react';
import { type ImageCounts, type Job, ShelflineError } from 'shelfline-client';
import { useSession } from '../session/session.js';
import { type Sample, withSample } from './rate.js';

/** The connection to a running job. */
export type Connection =
  | { readonly state: 'connecting' | 'live' }
  | { readonly state: 'interrupted'; readonly since: Date; readonly retryInMs: number };

export interface LiveJob {
  readonly job: Job | undefined;
  /** Why there is no job; null while it is loaded. */
  readonly error: Error | null;
  readonly isDeleted: boolean;
  readonly connection: Connection;
  /** How many photos were done at which times, for the rate. */
  readonly samples: readonly Sample[];
  /** Puts the answer of a change in place of what is shown. */
  readonly replace: (job: Job) => void;
  /** Connects again now. */
  readonly reconnect: () => void;
  readonly reload: () => void;
}

export function jobKey(jobId: string): readonly string[] {
  return ['job', jobId];
}

/** A job that stays current by its event stream, to its end and across restarts of the server. */
export function useJob(jobId: string): LiveJob {
  const { client } = useSession();
  const queries = useQueryClient();
  const [connection, setConnection] = useState<Connection>({ state: 'connecting' });
  const [samples, setSamples] = useState<readonly Sample[]>([]);
  const [isDeleted, setIsDeleted] = useState(false);
  const [attempt, setAttempt] = useState(0);
  const query = useQuery({
    queryKey: jobKey(jobId),
    queryFn: ({ signal }) => client.jobs.get(jobId, { signal }),
    // The stream says what changes.
    staleTime: Infinity,
  });
  const isRunning = query.data?.status === 'ongoing';

  useEffect(() => {
    if (!isRunning) return undefined;
    const leaving = new AbortController();
    const update = (change: (job: Job) => Job): void => {
      queries.setQueryData<Job>(jobKey(jobId), (job) => (job === undefined ? undefined : change(job)));
    };
    const follow = async (): Promise<void> => {
      const events = client.jobs.events(jobId, {
        signal: leaving.signal,
        onOpen: () => setConnection({ state: 'live' }),
        onInterrupted: (_error, retryInMs) =>
          setConnection((before) => ({
            state: 'interrupted',
            since: before.state === 'interrupted' ? before.since : new Date(),
            retryInMs,
          })),
      });
      for await (const event of events) {
        if (event.type === 'progress') {
          update((job) => ({ ...job, images: event.images }));
          setSamples((before) => withSample(before, toDone(event.images)));
        }
        if (event.type === 'finished') update(() => event.job);
        if (event.type === 'deleted') setIsDeleted(true);
      }
    };
    setConnection({ state: 'connecting' });
    setSamples([]);
    follow().catch((error: unknown) => {
      if (leaving.signal.aborted) return;
      // The stream is refused: the job says why.
      if (error instanceof ShelflineError) void queries.invalidateQueries({ queryKey: jobKey(jobId) });
      else throw error;
    });
    return () => leaving.abort();
  }, [client, jobId, isRunning, attempt, queries]);

  return {
    job: query.data,
    error: query.error,
    isDeleted,
    connection,
    samples,
    replace: useCallback((job) => queries.setQueryData(jobKey(jobId), job), [queries, jobId]),
    reconnect: useCallback(() => setAttempt((count) => count + 1), []),
    reload: useCallback(() => void query.refetch(), [query]),
  };
}

function toDone({ total, pending }: ImageCounts): number {
  return total - pending;
}
