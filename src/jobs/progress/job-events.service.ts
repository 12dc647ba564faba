import { Injectable } from '@nestjs/common';
import type { EventStream } from '../../events/event-stream.js';
import { type StateOfKey, StateWatcher } from '../../events/state-watcher.js';
import { type StreamEvent, streamEvent } from '../../events/stream-event.js';
import { yieldToEventLoop } from '../../http/yield-to-event-loop.js';
import { isJobId } from '../../images/result-ids.js';
import { JOB_ERRORS } from '../dto/job.dto.js';
import { toImageCounts, toJobView } from '../job-view.js';
import type { ShelflineJob } from '../job.entity.js';
import { JobsRepository, type JobWithFaults } from '../jobs.repository.js';

/** Number of ended jobs that one statement reads. */
const ENDED_JOBS_PER_QUERY = 10;

/** Streams the state of jobs from the database, whichever process works on them. */
@Injectable()
export class JobEventsService {
  private readonly watcher: StateWatcher;

  constructor(private readonly jobs: JobsRepository) {
    this.watcher = new StateWatcher({
      read: (jobIds) => this.read(jobIds),
      gone: (jobId) => streamEvent('deleted', { job_id: jobId }, { isLast: true }),
    });
  }

  /**
   * Returns the current state of a job and subscribes the stream to further ones; undefined if the job does not
   * exist.
   */
  async follow(jobId: string, stream: EventStream): Promise<StreamEvent | undefined> {
    if (!isJobId(jobId)) return undefined;
    const present = this.watcher.join(jobId, stream);
    // This comes after joining, because it calls back at once if the client has left already.
    stream.onceClosed(() => this.watcher.leave(jobId, stream));
    return present;
  }

  /**
   * Reads ongoing jobs with one query, and ended jobs in parts, because each may have a hundred long errors. A job counts as
   * ongoing until its flags are counted, so that its last event has the counts.
   */
  private async *read(jobIds: readonly string[]): AsyncGenerator<StateOfKey[]> {
    const ongoing = new Map((await this.jobs.findUnpublished(jobIds)).map((row) => [row.job_id, row]));
    yield [...ongoing].map(([jobId, row]) => [jobId, toProgress(row)]);
    const others = jobIds.filter((jobId) => !ongoing.has(jobId));
    for (let from = 0; from < others.length; from += ENDED_JOBS_PER_QUERY) {
      const part = others.slice(from, from + ENDED_JOBS_PER_QUERY);
      const jobs = new Map((await this.jobs.findForEvents(part, JOB_ERRORS)).map((row) => [row.job_id, row]));
      for (const jobId of part) {
        await yieldToEventLoop();
        const job = jobs.get(jobId);
        yield [[jobId, job && toStreamEvent(job)]];
      }
    }
  }
}

function toProgress(row: ShelflineJob): StreamEvent {
  return streamEvent('progress', toImageCounts(row));
}

/**
 * Converts a job to an event. The id contains the run, so that a client that reconnects does not get the same
 * end twice.
 */
function toStreamEvent(row: JobWithFaults): StreamEvent {
  if (row.status === 'ongoing' || row.flags_pending) return toProgress(row);
  return streamEvent('finished', toJobView(row), { id: `finished-${row.run}`, isLast: true });
}
