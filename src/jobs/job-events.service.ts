import { Injectable } from '@nestjs/common';
import type { EventStream } from '../events/event-stream.js';
import { type StateOfKey, StateWatcher } from '../events/state-watcher.js';
import { type StreamEvent, streamEvent } from '../events/stream-event.js';
import { ownTurn } from '../http/own-turn.js';
import { JOB_ERRORS } from './dto/job.dto.js';
import { isJobId } from './job-id.js';
import { toImageCounts, toJobView } from './job-view.js';
import { JobsRepository, type JobWithFaults } from './jobs.repository.js';

/** Jobs that have ended and are read by one statement. */
const ENDED_AT_ONCE = 10;

/** Tells of jobs as they go on, whichever process works on them: what counts is what stands in the database. */
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
   * The present state of a job as an event; undefined: there is no such job. The stream is sent what follows, until its
   * end or the job's.
   */
  async follow(jobId: string, stream: EventStream): Promise<StreamEvent | undefined> {
    if (!isJobId(jobId)) return undefined;
    const present = this.watcher.join(jobId, stream);
    // Whoever has gone before it was asked leaves at once, so it has to have joined.
    stream.onceClosed(() => this.watcher.leave(jobId, stream));
    return present;
  }

  /** The jobs that go on come all at once. The others follow in parts, as each may have a hundred long errors. */
  private async *read(jobIds: readonly string[]): AsyncGenerator<StateOfKey[]> {
    const ongoing = new Map((await this.jobs.findOngoing(jobIds)).map((row) => [row.job_id, row]));
    yield [...ongoing].map(([jobId, row]) => [jobId, streamEvent('progress', toImageCounts(row))]);
    const others = jobIds.filter((jobId) => !ongoing.has(jobId));
    for (let from = 0; from < others.length; from += ENDED_AT_ONCE) {
      const part = others.slice(from, from + ENDED_AT_ONCE);
      const jobs = new Map((await this.jobs.findForEvents(part, JOB_ERRORS)).map((row) => [row.job_id, row]));
      for (const jobId of part) {
        await ownTurn();
        const job = jobs.get(jobId);
        yield [[jobId, job && toStreamEvent(job)]];
      }
    }
  }
}

/** The end of a run has an id of its own, so that whoever comes back with it has heard of that end and of no later one. */
function toStreamEvent(row: JobWithFaults): StreamEvent {
  if (row.status === 'ongoing') return streamEvent('progress', toImageCounts(row));
  return streamEvent('finished', toJobView(row), { id: `finished-${row.run}`, isLast: true });
}
