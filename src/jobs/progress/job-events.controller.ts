import { RequestMethod } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { EventStreams } from '../../events/event-streams.js';
import { ApiController } from '../../http/routes/api-controller.decorator.js';
import { JobNotFoundError } from '../../http/errors/job-not-found.error.js';
import { TOO_MANY_EVENT_STREAMS } from '../../http/routes/api-docs.js';
import { getFairnessKey } from '../../http/caller.js';
import { ANSWERED } from '../../http/routes/answer.js';
import { Route, type RouteInput } from '../../http/routes/route.decorator.js';
import { JOB_ID, JOB_IN_PATH } from '../job-id.js';
import { JobEventsService } from './job-events.service.js';

const EXAMPLE = `event: progress
data: {"total":2,"pending":1,"succeeded":1,"failed":0,"skipped":0}

event: finished
id: finished-1
data: {"job_id":"job_20241116100000_8f14e45fceea167a5a36","reference":null,"submitted_by":"field-team","status":"completed","count":2,"images":{"total":2,"pending":0,"succeeded":2,"failed":0,"skipped":0},"flags":{},"created_at":"2024-11-16T10:00:00.000Z","started_at":"2024-11-16T10:00:00.012Z","finished_at":"2024-11-16T10:00:00.530Z","callback":null,"error":[],"error_count":0}

`;

/** Streams the progress of a job. */
@ApiTags('jobs')
@ApiController('jobs')
export class JobEventsController {
  constructor(
    private readonly streams: EventStreams,
    private readonly events: JobEventsService,
  ) {}

  @Route(RequestMethod.GET, ':job_id/events', {
    id: 'streamJobEvents',
    scope: 'read',
    sharedJob: JOB_IN_PATH,
    summary: 'Stream the progress of a job',
    description:
      'First the current state, then each change, at most a few a second: `progress` with the body of `images`, ' +
      'and at the end `finished` with the job, after which the stream ends. A job that is deleted sends `deleted`. Comments are ' +
      "sent between events as heartbeats. A browser's `EventSource` cannot send a key: if one is needed, read the stream with `fetch`.",
    params: JOB_ID,
    headers: [
      {
        name: 'Last-Event-ID',
        required: false,
        description: 'The `id` that a client which reconnects received last.',
        schema: { type: 'string' },
      },
    ],
    answer: {
      description: 'Events until the end of the job.',
      content: { 'text/event-stream': { schema: { type: 'string' }, example: EXAMPLE } },
    },
    otherAnswers: [
      { status: 204, description: 'The client already received the end: its id is in `Last-Event-ID`.' },
    ],
    errors: { 404: 'Job not found', 429: TOO_MANY_EVENT_STREAMS },
  })
  async follow({ params: { job_id = '' }, request, response }: RouteInput): Promise<typeof ANSWERED> {
    const stream = this.streams.open(response, getFairnessKey(request));
    const present = await this.events.follow(job_id, stream);
    if (present === undefined) throw new JobNotFoundError();
    if (present.id !== undefined && present.id === request.get('last-event-id')) response.status(204).end();
    else stream.send(present);
    return ANSWERED;
  }
}
