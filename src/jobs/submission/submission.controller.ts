import { Inject, RequestMethod } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { ApiController } from '../../http/routes/api-controller.decorator.js';
import { getFairnessKey, getKey } from '../../http/caller.js';
import { parseCharset } from '../../http/bodies/csv-text.js';
import { useFormFile } from '../../http/bodies/form-file.js';
import { HTTP_OPTIONS, type HttpOptions } from '../../http/http.options.js';
import { OpenStreams } from '../../http/answers/open-streams.js';
import { getCharset, openBody } from '../../http/bodies/request-body.js';
import { Answer } from '../../http/routes/answer.js';
import { hasScope } from '../../http/routes/required-scope.js';
import { Route, type RouteInput, REPLAYED_HEADER } from '../../http/routes/route.decorator.js';
import type { DryRunDto } from '../dto/dry-run.dto.js';
import type { SubmittedJobDto } from '../dto/job.dto.js';
import { LargeDocument } from './document/document-parser.js';
import { type DryRun, toDryRunError } from './dry-run.js';
import { DryRunService } from './dry-run.service.js';
import { getIdempotencyKey } from './idempotency.js';
import {
  asksForDryRun,
  FORM_FIELD_NAMES,
  parseDocumentQuery,
  parseJobFields,
  toStreamHeader,
} from './job-fields.js';
import { readCsv } from './readers/csv.reader.js';
import { readJson, toDocument, toHeader } from './readers/json.reader.js';
import { findStreamReader, isForm } from './readers/stream-reader.js';
import { SUBMISSION } from './submission-route.js';
import type { ColumnOfFile, SubmissionHeader, VisitChunk } from './submission.js';
import { SubmissionService } from './submission.service.js';
import type { StreamedJobQuery } from './submit-job.dto.js';

type Answered = Answer<SubmittedJobDto> | Answer<DryRun>;

/** A submission, or the dry run of one. */
interface Submission {
  readonly header: SubmissionHeader;
  readonly chunks: AsyncIterable<VisitChunk>;
  readonly isDryRun: boolean;
  /** The columns of a CSV file. They are known once its first chunk is read. */
  readonly columns?: readonly ColumnOfFile[];
}

/** Accepts jobs as JSON, NDJSON, CSV or a form with a CSV file. */
@ApiTags('jobs')
@ApiController()
export class SubmissionController {
  private readonly streams: OpenStreams;

  constructor(
    private readonly submissions: SubmissionService,
    private readonly dryRuns: DryRunService,
    @Inject(HTTP_OPTIONS) private readonly http: HttpOptions,
  ) {
    this.streams = new OpenStreams(http.maxStreams, 'submissions');
  }

  @Route<object, object, SubmittedJobDto | DryRunDto>(RequestMethod.POST, 'jobs', {
    id: 'submitJob',
    ...SUBMISSION,
  })
  async submit({ request, response }: RouteInput): Promise<Answered> {
    return this.answer(request, response);
  }

  @Route<object, object, SubmittedJobDto | DryRunDto>(RequestMethod.POST, 'submit', {
    id: 'submitJobByOlderName',
    ...SUBMISSION,
  })
  async submitByOlderName({ request, response }: RouteInput): Promise<Answered> {
    return this.answer(request, response);
  }

  private async answer(request: Request, response: Response): Promise<Answered> {
    const body: unknown = request.body;
    try {
      const read = findStreamReader(request);
      if (read === undefined)
        return await (isForm(request)
          ? this.submitForm(request, response)
          : this.submitDocument(request, response));
      const charset = getCharset(request);
      const options = { charset: charset && parseCharset(charset) };
      return await this.submitStream(request, response, parseJobFields(request.query), (header, onColumns) =>
        read(this.openBody(request), this.submissions.getVisitRule(header), { ...options, onColumns }),
      );
    } catch (error) {
      throw asksForDryRun(request) ? toDryRunError(error, request.query) : error;
    } finally {
      // The thread of a refused document has to be released for other documents.
      if (body instanceof LargeDocument) await body.close();
    }
  }

  private async submitDocument(request: Request, response: Response): Promise<Answered> {
    const isDryRun = parseDocumentQuery(request.query);
    const body: unknown = request.body;
    const document = body instanceof LargeDocument ? body : toDocument(body);
    const header = toHeader(document);
    const chunks = readJson(document, this.submissions.getVisitRule(header));
    return this.submitChunks(request, response, { header, chunks, isDryRun });
  }

  /** Submits the file of a form. Its fields come before the file. If any part of the form is invalid, nothing is stored. */
  private async submitForm(request: Request, response: Response): Promise<Answered> {
    // The reader of the body gets its errors. Without a reader they would be uncaught.
    const body = this.openBody(request).on('error', () => {});
    return useFormFile(request, body, FORM_FIELD_NAMES, async ({ content, fields, whole }) => {
      try {
        const { charset, ...form } = Object.fromEntries(fields);
        const options = { charset: charset && parseCharset(charset) };
        const query = parseJobFields(request.query, new Map(Object.entries(form)));
        return await this.submitStream(request, response, query, (header, onColumns) =>
          readCsv(withEnd(content, whole), this.submissions.getVisitRule(header), { ...options, onColumns }),
        );
      } catch (error) {
        const given = { ...request.query, ...Object.fromEntries(fields) };
        throw asksForDryRun({ query: given }) ? toDryRunError(error, given) : error;
      }
    });
  }

  private async submitStream(
    request: Request,
    response: Response,
    query: StreamedJobQuery,
    read: (
      header: SubmissionHeader,
      onColumns: (columns: readonly ColumnOfFile[]) => void,
    ) => AsyncIterable<VisitChunk>,
  ): Promise<Answered> {
    const header = toStreamHeader(query);
    const columns: ColumnOfFile[] = [];
    const release = this.streams.acquire(getFairnessKey(request));
    try {
      // The body is opened when its first chunk is requested. If the fields are refused, it is never opened.
      const chunks = lazily(() => read(header, (found) => void columns.push(...found)));
      return await this.submitChunks(request, response, {
        header,
        chunks,
        isDryRun: query.dry_run ?? false,
        columns,
      });
    } finally {
      release();
    }
  }

  private async submitChunks(
    request: Request,
    response: Response,
    { header, chunks, isDryRun, columns }: Submission,
  ): Promise<Answered> {
    if (isDryRun) {
      const options = { listsUnknownStores: hasScope(request, 'read'), ...(columns && { columns }) };
      return new Answer(await this.dryRuns.run(header, chunks, options), { status: 200, isDryRun });
    }
    const key = getIdempotencyKey(request);
    const submittedBy = getKey(request)?.name ?? null;
    const { jobId, replayed } = await this.submissions.submit({ ...header, submittedBy }, chunks, key);
    response.location(getJobPath(request, jobId));
    return new Answer({ job_id: jobId }, { headers: replayed ? { [REPLAYED_HEADER]: 'true' } : {} });
  }

  private openBody(request: Request): ReturnType<typeof openBody> {
    return openBody(request, this.http.bodyPace, this.http.maxStreamBytes);
  }
}

/** Calls `open` when the first element is requested. */
async function* lazily<T>(open: () => AsyncIterable<T>): AsyncGenerator<T> {
  yield* open();
}

/** The content of a part of a form. It ends once the form has ended, and throws if the form did not end correctly. */
async function* withEnd(content: AsyncIterable<Buffer>, whole: Promise<void>): AsyncGenerator<Buffer> {
  yield* content;
  await whole;
}

/** The path of a job. It is relative to the requested path, so that it is correct under any prefix of the API. */
function getJobPath({ originalUrl }: Request, jobId: string): string {
  const [path = ''] = originalUrl.split('?', 1);
  return `${path.replace(/\/[^/]+\/?$/, '')}/jobs/${jobId}`;
}
