import { Inject, RequestMethod } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { ApiController } from '../../http/routes/api-controller.decorator.js';
import { getFairnessKey, getKey } from '../../http/caller.js';
import { HTTP_OPTIONS, type HttpOptions } from '../../http/http.options.js';
import { OpenStreams } from '../../http/answers/open-streams.js';
import { openBody } from '../../http/bodies/request-body.js';
import { parseQuery } from '../../http/input/request-input.js';
import { Answer } from '../../http/routes/answer.js';
import { REPLAYED_HEADER, Route, type RouteInput } from '../../http/routes/route.decorator.js';
import type { SubmittedJobDto } from '../dto/job.dto.js';
import { LargeDocument } from './document/document-parser.js';
import { getIdempotencyKey, type IdempotencyKey } from './idempotency.js';
import { type JsonDocument, readJson, toDocument, toHeader } from './readers/json.reader.js';
import { findStreamReader, type StreamReader } from './readers/stream-reader.js';
import { SUBMISSION } from './submission-route.js';
import type { VisitBatch } from './submission.js';
import { SubmissionService, type Submitted } from './submission.service.js';
import { StreamedJobQuery } from './submit-job.dto.js';

/** Submits jobs, each in one of several kinds of bodies. */
@ApiTags('jobs')
@ApiController()
export class SubmissionController {
  private readonly streams: OpenStreams;

  constructor(
    private readonly submissions: SubmissionService,
    @Inject(HTTP_OPTIONS) private readonly http: HttpOptions,
  ) {
    this.streams = new OpenStreams(http.maxStreams, 'submissions');
  }

  @Route(RequestMethod.POST, 'jobs', { id: 'submitJob', ...SUBMISSION })
  async submit({ request, response }: RouteInput): Promise<Answer<SubmittedJobDto>> {
    return this.answer(request, response);
  }

  @Route(RequestMethod.POST, 'submit', { id: 'submitJobByOlderName', ...SUBMISSION })
  async submitByOlderName({ request, response }: RouteInput): Promise<Answer<SubmittedJobDto>> {
    return this.answer(request, response);
  }

  private async answer(request: Request, response: Response): Promise<Answer<SubmittedJobDto>> {
    const { jobId, replayed } = await this.submitBody(request, request.body);
    response.location(getJobPath(request, jobId));
    return new Answer({ job_id: jobId }, { headers: replayed ? { [REPLAYED_HEADER]: 'true' } : {} });
  }

  private async submitBody(request: Request, body: unknown): Promise<Submitted> {
    try {
      const key = getIdempotencyKey(request);
      const submittedBy = getKey(request)?.name ?? null;
      if (body instanceof LargeDocument) return await this.submitDocument(body, submittedBy, key);
      const read = findStreamReader(request);
      return await (read === undefined
        ? this.submitDocument(toDocument(body), submittedBy, key)
        : this.submitStream(request, read, key));
    } finally {
      // A document that was refused unread would keep others waiting for its thread.
      if (body instanceof LargeDocument) await body.close();
    }
  }

  private async submitDocument(
    document: JsonDocument,
    submittedBy: string | null,
    key: IdempotencyKey | undefined,
  ): Promise<Submitted> {
    const batches = readJson(document, this.submissions.getVisitRule());
    return this.submissions.submit({ ...toHeader(document), submittedBy }, batches, key);
  }

  private async submitStream(
    request: Request,
    read: StreamReader,
    key: IdempotencyKey | undefined,
  ): Promise<Submitted> {
    const query = parseQuery(StreamedJobQuery, request);
    const header = {
      reference: query.reference ?? null,
      submittedBy: getKey(request)?.name ?? null,
      callbackUrl: query.callback_url ?? null,
      count: query.count,
      length: undefined,
      isInMemory: false,
      place: 'The body',
      faults: [],
    };
    const release = this.streams.acquire(getFairnessKey(request));
    try {
      return await this.submissions.submit(header, this.readStream(request, read), key);
    } finally {
      release();
    }
  }

  /** Opens the body once its first batch is asked for: one that is refused for its query stays closed. */
  private async *readStream(request: Request, read: StreamReader): AsyncGenerator<VisitBatch> {
    const body = openBody(request, this.http.bodyPace, this.http.maxStreamBytes);
    yield* read(body, this.submissions.getVisitRule());
  }
}

/** The path of a job that was submitted here: beside the route that it was submitted to, whatever the API is mounted under. */
function getJobPath({ originalUrl }: Request, jobId: string): string {
  const [path = ''] = originalUrl.split('?', 1);
  return `${path.replace(/\/[^/]+\/?$/, '')}/jobs/${jobId}`;
}
