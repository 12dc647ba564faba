import { setTimeout as pause } from 'node:timers/promises';
import { createParser, type EventSourceMessage } from 'eventsource-parser';
import type { JobView } from '../jobs/job-view.js';
import type { ApiClient } from './api-client.js';
import { isImageCounts, isJob } from './api-shapes.js';
import { CliError, UnavailableError } from './cli-error.js';
import { EXIT } from './exit-status.js';

/**
 * The server sends a heartbeat every 15 seconds. A connection that is silent for this long counts as dead, in
 * milliseconds.
 */
const SILENCE_MS = 60_000;
/** Pause before reconnecting, unless the server sets another, in milliseconds. */
const RETRY_MS = 2_000;

/** Receives the progress of a job. */
export interface Follower {
  progress(images: JobView['images']): void;
  /** The stream broke and will be opened again. */
  interrupted(why: string): void;
}

export interface FollowOptions {
  readonly signal: AbortSignal;
  /** How long an unreachable server is retried, in milliseconds. */
  readonly patienceMs: number;
}

/**
 * Follows a job to its end with its event stream, across broken connections and restarts of the server. Returns
 * the final job.
 *
 * @throws CliError if the job does not exist or is deleted; UnavailableError if the server was unreachable for
 *   `patienceMs`
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

/** The events of one connection. A silent connection is closed after {@link SILENCE_MS}. */
async function* readEvents(
  client: ApiClient,
  jobId: string,
  signal: AbortSignal,
  onRetry: (ms: number) => void,
): AsyncGenerator<EventSourceMessage> {
  const silence = new AbortController();
  const watchdog = setTimeout(
    () => silence.abort(new UnavailableError('The server sent nothing for too long')),
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
