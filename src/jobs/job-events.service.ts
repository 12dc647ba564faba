import { Injectable } from '@nestjs/common';
import type { EventStream } from '../events/event-stream.js';
import { StateWatcher } from '../events/state-watcher.js';
import { type StreamEvent, streamEvent } from '../events/stream-event.js';
import { JOB_ERRORS } from './dto/job.dto.js';
import { isJobId } from './job-id.js';
import { toJobView } from './job-view.js';
import { JobsRepository, type JobWithFaults } from './jobs.repository.js';

/** Tells of jobs as they go on, whichever process works on them: what counts is what stands in the database. */
@Injectable()
export class JobEventsService {
  private readonly watcher: StateWatcher;

  constructor(private readonly jobs: JobsRepository) {
    this.watcher = new StateWatcher({
      read: async (jobIds) => this.read(jobIds),
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

  private async read(jobIds: readonly string[]): Promise<ReadonlyMap<string, StreamEvent>> {
    const rows = await this.jobs.findForEvents(jobIds, JOB_ERRORS);
    return new Map(rows.map((row) => [row.job_id, toStreamEvent(row)]));
  }
}

/** The end of a run has an id of its own, so that whoever comes back with it has heard of that end and of no later one. */
function toStreamEvent(row: JobWithFaults): StreamEvent {
  const job = toJobView(row);
  return job.status === 'ongoing'
    ? streamEvent('progress', job.images)
    : streamEvent('finished', job, { id: `finished-${row.run}`, isLast: true });
}
