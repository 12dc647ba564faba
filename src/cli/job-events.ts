import { setTimeout as pause } from 'node:timers/promises';
import { createParser, type EventSourceMessage } from 'eventsource-parser';
import type { JobView } from '../jobs/job-view.js';
import type { ApiClient } from './api-client.js';
import { isImageCounts, isJob } from './api-shapes.js';
import { CliError, UnavailableError } from './cli-error.js';
import { EXIT } from './exit-status.js';

/** The server shows a sign of life every 15 seconds; after this long without one the connection is taken for dead. */
const SILENCE_MS = 60_000;
/** Between two tries to come back, unless the server says otherwise, in milliseconds. */
const RETRY_MS = 2_000;

/** Who is told of a job that is followed. */
export interface Follower {
  progress(images: JobView['images']): void;
  /** The stream broke, and is tried again. */
  interrupted(why: string): void;
}

export interface FollowOptions {
  readonly signal: AbortSignal;
  /** How long a server that can't be reached is tried again, in milliseconds. */
  readonly patienceMs: number;
}

/**
 * Follows a job to its end by its event stream, over broken connections and restarts of the server, and gives the job as
 * it ended.
 *
 * @throws CliError where the job is not there, or is deleted meanwhile; UnavailableError where the server could not be
 *   reached for as long as `patienceMs`
 */
export async function followJob(
  client: ApiClient,
  jobId: string,
  follower: Follower,
  { signal, patienceMs }: FollowOptions,
): Promise<JobView> {
  let lastHeard = performance.now();
  let retryMs = RETRY_MS;
  for (;;) {
    try {
      for await (const message of readEvents(client, jobId, signal, (ms) => (retryMs = ms))) {
        lastHeard = performance.now();
        if (message.event === 'finished') return client.parsed(message.data, isJob);
        if (message.event === 'progress') follower.progress(client.parsed(message.data, isImageCounts));
        if (message.event === 'deleted')
          throw new CliError(EXIT.usage, `${jobId} was deleted`, 'job_deleted');
      }
      throw new UnavailableError('The server ended the stream');
    } catch (error) {
      if (!(error instanceof UnavailableError)) throw error;
      const waitMs = error.retryAfterMs ?? retryMs;
      if (performance.now() + waitMs - lastHeard > patienceMs) throw error;
      follower.interrupted(error.message);
      await pause(waitMs, undefined, { signal });
    }
  }
}

/** The events of one connection. A server that shows no sign of life for too long is left. */
async function* readEvents(
  client: ApiClient,
  jobId: string,
  signal: AbortSignal,
  onRetry: (ms: number) => void,
): AsyncGenerator<EventSourceMessage> {
  const silence = new AbortController();
  const watchdog = setTimeout(
    () => silence.abort(new UnavailableError('The server has fallen silent')),
    SILENCE_MS,
  );
  try {
    const answer = await client.send({
      path: `/api/jobs/${encodeURIComponent(jobId)}/events`,
      accept: 'text/event-stream',
      signal: AbortSignal.any([signal, silence.signal]),
    });
    const arrived: EventSourceMessage[] = [];
    const parser = createParser({ onEvent: (event) => arrived.push(event), onRetry });
    const decoder = new TextDecoder();
    for await (const chunk of client.toChunks(answer)) {
      watchdog.refresh();
      parser.feed(decoder.decode(chunk, { stream: true }));
      yield* arrived.splice(0);
    }
  } finally {
    clearTimeout(watchdog);
  }
}
