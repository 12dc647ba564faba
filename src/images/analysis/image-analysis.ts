import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { toMemoryShares } from '../fetching/download-memory.js';
import { FETCHING_OPTIONS, type FetchingOptions } from '../fetching/fetching.options.js';
import { ImageFetcher } from '../fetching/image-fetcher.js';
import type {
  FailedImage,
  DeferredImage,
  RefusedImage,
  ImageErrorCode,
  ImageOutcome,
  MeasuredImage,
} from '../fetching/image-outcome.js';
import { FairSemaphore } from '../waiting/fair-semaphore.js';
import type { DueImage, VisitOfImage } from '../image-batches.repository.js';
import { ANALYSIS_OPTIONS, type AnalysisOptions } from './analysis.options.js';
import { AnalyzerRun, type Finding } from './analyzer-run.js';
import { FileBytes, NO_MEMORY, type WholeFiles } from './file-bytes.js';
import { type AnalyzedImage, checkAnalyzers, IMAGE_ANALYZERS, type ImageAnalyzer } from './image-analyzer.js';

/** The outcome of a row after analysis, and the findings as JSON. */
export interface AnalyzedOutcome {
  readonly outcome: ImageOutcome;
  readonly analysis: string | undefined;
}

/** The job of the images, and the signal that aborts their analysis. */
export interface AnalysisContext {
  /** Number of the job. */
  readonly job: string;
  readonly jobId: string;
  readonly signal: AbortSignal;
  /** Returns the data of the images' visits, by image number. */
  visits(): Promise<ReadonlyMap<number, VisitOfImage>>;
}

type Failure = Exclude<Finding, { readonly kind: 'found' }>;

/**
 * Error codes of failures. A permanent failure wins over one that may be retried; otherwise the first analyzer
 * wins.
 */
const CODES = {
  rejected: 'rejected',
  failed: 'analysis_failed',
  timeout: 'analysis_timeout',
} as const satisfies Record<Exclude<Failure['kind'], 'missing'>, ImageErrorCode>;

/**
 * Runs all analyzers on measured images at the same time. A failing analyzer affects only its image: the image
 * fails, or is tried again later if the whole file or memory for it was not available.
 */
@Injectable()
export class ImageAnalysis implements OnApplicationShutdown {
  private readonly logger = new Logger('Analysis');
  private readonly runs: readonly AnalyzerRun[];
  /** Limits the bytes of starts of files in memory. */
  private readonly starts: FairSemaphore;
  private readonly files: WholeFiles;

  constructor(
    fetcher: ImageFetcher,
    @Inject(FETCHING_OPTIONS) fetching: FetchingOptions,
    @Inject(ANALYSIS_OPTIONS) options: AnalysisOptions,
    @Inject(IMAGE_ANALYZERS) private readonly analyzers: readonly ImageAnalyzer[],
  ) {
    checkAnalyzers(analyzers);
    this.runs = analyzers.map((analyzer) => new AnalyzerRun(analyzer, options));
    const shares = toMemoryShares(fetching);
    this.starts = new FairSemaphore(shares.starts);
    this.files = { fetcher, memory: new FairSemaphore(shares.wholeFiles), maxBytes: fetching.maxBytes };
  }

  /**
   * Analyzes the rows of one URL, which share its bytes. Rejects with the reason of the signal, or if the
   * visits cannot be read.
   *
   * @returns the outcome of each row, in their order
   */
  async analyze(
    images: readonly DueImage[],
    measured: MeasuredImage,
    context: AnalysisContext,
  ): Promise<readonly AnalyzedOutcome[]> {
    const { start } = measured;
    const [first] = images;
    if (start === undefined || first === undefined) throw new Error('the start of the file was not kept');
    const held = start.heldBytes;
    if (!this.starts.tryAcquire(held)) return images.map(() => ({ outcome: NO_MEMORY, analysis: undefined }));
    const bytes = new FileBytes(this.files, first.url, start, context.job, context.signal);
    try {
      const visits = await context.visits();
      const runs = this.runs.filter((run) => run.wants(start.bytes, measured.format, start.exif));
      return await Promise.all(
        images.map(async (row) => {
          const visit = visits.get(row.seq);
          // The job was deleted, so nothing will be recorded.
          if (visit === undefined) return { outcome: measured, analysis: undefined };
          return this.analyzeRow(
            toAnalyzedImage(row, visit, measured, context),
            measured,
            bytes,
            runs,
            context,
          );
        }),
      );
    } finally {
      this.starts.release(held);
      void bytes.release();
    }
  }

  /** Closes the analyzers, for example to end their threads. */
  async onApplicationShutdown(): Promise<void> {
    await Promise.all(this.analyzers.map(async (analyzer) => analyzer.close?.()));
  }

  private async analyzeRow(
    image: AnalyzedImage,
    measured: MeasuredImage,
    bytes: FileBytes,
    runs: readonly AnalyzerRun[],
    { job, signal }: AnalysisContext,
  ): Promise<AnalyzedOutcome> {
    const findings = await Promise.all(runs.map((run) => run.run(image, bytes, job, signal)));
    let text = '';
    let failure: Failure | undefined;
    for (const [index, finding] of findings.entries()) {
      const name = runs[index]?.name ?? '';
      if (finding.kind !== 'found') {
        if (failure === undefined || failure.kind === 'missing') failure = toWorse(failure, finding);
        this.report(name, image, finding);
      } else if (finding.text !== undefined) {
        text += `${text === '' ? '' : ','}${JSON.stringify(name)}:${finding.text}`;
      }
    }
    const outcome = failure === undefined ? measured : toAnalyzedOutcome(failure, measured);
    return { outcome, analysis: text === '' ? undefined : `{${text}}` };
  }

  private report(analyzer: string, { job_id, image_id }: AnalyzedImage, failure: Failure): void {
    const about = { analyzer, job_id, image_id };
    if (failure.kind === 'timeout') this.logger.warn({ event: 'analysis_timeout', ...about });
    if (failure.kind !== 'failed') return;
    const { error } = failure;
    const message = error instanceof Error ? error.message : String(error);
    this.logger.error(
      { event: 'analysis_failed', ...about, error: message.slice(0, MAX_LOGGED) },
      error instanceof Error ? error.stack?.slice(0, MAX_LOGGED) : undefined,
    );
  }
}

const MAX_LOGGED = 4_000;

function toWorse(one: Failure | undefined, other: Failure): Failure {
  return one !== undefined && other.kind === 'missing' ? one : other;
}

function toAnalyzedOutcome(
  failure: Failure,
  { contentLength }: MeasuredImage,
): FailedImage | DeferredImage | RefusedImage {
  if (failure.kind === 'missing') return failure.error.outcome;
  return {
    kind: 'failed',
    code: CODES[failure.kind],
    reason: failure.reason,
    retryable: false,
    retryAfterMs: null,
    contentLength,
  };
}

function toAnalyzedImage(
  row: DueImage,
  { store_id, visit_time, time_zone }: VisitOfImage,
  measured: MeasuredImage,
  { job, jobId }: AnalysisContext,
): AnalyzedImage {
  const { width, height, format, mime, orientation, contentLength } = measured;
  return {
    job_id: jobId,
    image_id: `img_${job}_${row.seq}`,
    store_id,
    visit_time,
    time_zone,
    url: row.url,
    width,
    height,
    format,
    mime,
    orientation,
    content_length: contentLength,
  };
}
