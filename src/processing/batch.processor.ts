import { Inject, Injectable, Logger } from '@nestjs/common';
import { isDatabaseOutage } from '../database/database-faults.js';
import type { Transaction } from '../database/database.js';
import {
  type AnalysisContext,
  type AnalyzedOutcome,
  ImageAnalysis,
} from '../images/analysis/image-analysis.js';
import { parsePhotoExif } from '../images/flags/photo-exif.js';
import { findOwnFlags } from '../images/flags/own-flags.js';
import { FLAGS_OPTIONS, type FlagsOptions } from '../images/flags/flags.options.js';
import type { FetchCallOptions } from '../images/fetching/file-attempts.js';
import { ImageFetcher } from '../images/fetching/image-fetcher.js';
import type { ImageOutcome, MeasuredImage } from '../images/fetching/image-outcome.js';
import {
  type DueImage,
  ImageBatchesRepository,
  type VisitOfImage,
} from '../images/image-batches.repository.js';
import type { ImageResult } from '../images/images.repository.js';
import { BATCH_QUEUE, getPriority } from '../jobs/batches.js';
import { JobsRepository } from '../jobs/jobs.repository.js';
import { QueueService } from '../queue/queue.service.js';
import type { HeldTask, TaskHandler } from '../queue/task-runner.js';
import { type Batch, toBatchName } from './batch.js';
import { BatchRecorder } from './batch-recorder.js';
import { FaultNarrowing } from './fault-narrowing.js';
import { toImageResult } from './image-result.js';
import { PROCESSING_OPTIONS, type ProcessingOptions } from './processing.options.js';
import { ResultWriter } from './result-writer.js';
import { simulateAnalysis } from './simulated-analysis.js';

/** Number of jobs that are remembered as started. */
const MAX_REMEMBERED = 10_000;

/** Job and signals of a batch. */
type BatchContext = Required<FetchCallOptions> & {
  readonly jobId: string | undefined;
  /** When its images were read, by `performance.now()`. Times of day come from the database. */
  readonly readAt: number;
  /** Reads the visits on the first call. */
  readonly visits: AnalysisContext['visits'];
};

/** What came of the analysis of the rows of one URL, in their order, and the visits of the batch by image number. */
interface Analyzed {
  readonly outcomes: readonly AnalyzedOutcome[];
  readonly visits: ReadonlyMap<number, VisitOfImage> | undefined;
}

const NOT_ANALYZED: Analyzed = { outcomes: [], visits: undefined };

/**
 * Runs batches. A batch fetches the pending and due images of a range and records their results. A batch may
 * run twice, for example if a worker that seemed dead is still alive. The second run finds no pending image.
 */
@Injectable()
export class BatchProcessor implements TaskHandler<Batch> {
  private readonly logger = new Logger('Processor');
  /** Ids of the jobs that are known to be started, by job number. */
  private readonly started = new Map<string, string | undefined>();

  constructor(
    private readonly jobs: JobsRepository,
    private readonly images: ImageBatchesRepository,
    private readonly writer: ResultWriter,
    private readonly fetcher: ImageFetcher,
    private readonly analysis: ImageAnalysis,
    private readonly queue: QueueService,
    private readonly narrowing: FaultNarrowing,
    @Inject(PROCESSING_OPTIONS) private readonly options: ProcessingOptions,
    @Inject(FLAGS_OPTIONS) private readonly flags: FlagsOptions,
  ) {}

  /**
   * Runs one batch to its end, and enqueues one task for the images to try again later. If the process is
   * stopping, that task also gets the images that were not started, and is due at once.
   *
   * @throws any error if the task was aborted or the database is down. The images stay pending, and the task is
   *   retried.
   */
  async run(task: HeldTask<Batch>): Promise<void> {
    try {
      await this.runBatch(task);
    } catch (error) {
      if (task.signal.aborted || isDatabaseOutage(error)) throw error;
      await this.narrowing.narrow(task, error);
    }
  }

  /** The log fields of a batch. The id of the job is among them if this process knows it: the database may be down. */
  about(batch: Batch): Readonly<Record<string, unknown>> {
    return { job_id: this.started.get(batch.job), batch: toBatchName(batch), run: batch.run };
  }

  private async runBatch(task: HeldTask<Batch>): Promise<void> {
    const batch = task.payload;
    const readAt = performance.now();
    const due = task.stopping.aborted ? [] : await this.images.due(batch);
    const jobId = due.length > 0 ? await this.recordStarted(batch.job) : undefined;
    const recorder = new BatchRecorder(this.writer, batch, this.options.observer);
    try {
      await this.fetchAll(task, { jobId, readAt }, due, recorder);
    } catch (error) {
      await recorder.abort();
      throw error;
    }
    await recorder.finish((transaction, pauseMs) => this.settle(task, transaction, pauseMs));
    if (due.length === 0) return;
    this.logger.debug({
      event: 'batch_finished',
      job_id: jobId,
      batch: toBatchName(batch),
      run: batch.run,
      images: due.length,
      final: recorder.final,
      duration_ms: Math.round(performance.now() - readAt),
    });
  }

  /** Records that a job was started, once in this process. Returns the id of the job. */
  private async recordStarted(job: string): Promise<string | undefined> {
    if (this.started.has(job)) return this.started.get(job);
    const jobId = await this.jobs.markStarted(job);
    if (this.started.size >= MAX_REMEMBERED) this.started.clear();
    this.started.set(job, jobId);
    return jobId;
  }

  /** Fetches each URL once. All rows with that URL share the attempt. */
  private async fetchAll(
    task: HeldTask<Batch>,
    { jobId, readAt }: Pick<BatchContext, 'jobId' | 'readAt'>,
    due: readonly DueImage[],
    recorder: BatchRecorder,
  ): Promise<void> {
    const waitSignal = AbortSignal.any([task.signal, task.stopping]);
    let visits: ReturnType<ImageBatchesRepository['findVisits']> | undefined;
    const byUrl = Map.groupBy(due, ({ url }) => url);
    const context: BatchContext = {
      signal: task.signal,
      waitSignal,
      fairnessKey: task.payload.job,
      jobId,
      readAt,
      getRefusals: (url) => byUrl.get(url)?.[0]?.refusals ?? 0,
      visits: () => (visits ??= this.images.findVisits(task.payload)),
    };
    await this.fetcher.fetchAll(byUrl.keys(), context, (url, outcome) =>
      this.process(byUrl.get(url) ?? [], outcome, context, recorder),
    );
  }

  private process(
    images: readonly DueImage[],
    outcome: ImageOutcome,
    context: BatchContext,
    recorder: BatchRecorder,
  ): Promise<void> | void {
    if (outcome.kind !== 'measured' || !this.needsMoreWork(outcome))
      return this.record(images, outcome, NOT_ANALYZED, context, recorder);
    return this.analyze(images, outcome, context).then((analyzed) =>
      this.record(images, outcome, analyzed, context, recorder),
    );
  }

  private record(
    images: readonly DueImage[],
    outcome: ImageOutcome,
    { outcomes, visits }: Analyzed,
    { readAt }: BatchContext,
    recorder: BatchRecorder,
  ): void {
    const sinceReadMs = performance.now() - readAt;
    // The same jitter for all rows, so that they share the next attempt too.
    const spread = Math.random();
    for (const [index, image] of images.entries()) {
      const { outcome: ownOutcome = outcome, analysis } = outcomes[index] ?? {};
      const result = toImageResult(image, ownOutcome, this.options, sinceReadMs, spread);
      const isKept = analysis !== undefined && result.status !== 'pending';
      const flags =
        ownOutcome.kind === 'measured' ? this.flag(ownOutcome, analysis, visits?.get(image.seq)) : {};
      recorder.add({ ...result, ...(isKept ? { analysis } : {}), ...flags });
    }
  }

  /** The flags about an image itself, in the form that they are recorded in. */
  private flag(
    { format, width, height }: MeasuredImage,
    analysis: string | undefined,
    visit: VisitOfImage | undefined,
  ): Pick<ImageResult, 'flags' | 'flagEvidence'> {
    if (this.flags.flags.length === 0) return {};
    const exif = analysis === undefined ? undefined : parsePhotoExif(analysis);
    const photo = exif === undefined || visit === undefined ? undefined : { exif, visit };
    const { mask, evidence } = findOwnFlags({ format, width, height, photo }, this.flags);
    return {
      ...(mask === 0 ? {} : { flags: mask }),
      ...(evidence === undefined ? {} : { flagEvidence: evidence }),
    };
  }

  /** Whether analysis or a simulated delay follows the measurement. */
  private needsMoreWork(measured: MeasuredImage): boolean {
    return measured.start !== undefined || this.options.delayMs.max > 0;
  }

  /** Analyzes an image. Without a job id the job was deleted, and nothing is analyzed. */
  private async analyze(
    images: readonly DueImage[],
    measured: MeasuredImage,
    { signal, fairnessKey: job, jobId, visits }: BatchContext,
  ): Promise<Analyzed> {
    const isAnalyzed = jobId !== undefined && measured.start !== undefined;
    const analyzed = isAnalyzed
      ? {
          outcomes: await this.analysis.analyze(images, measured, { job, jobId, signal, visits }),
          visits: await visits(),
        }
      : NOT_ANALYZED;
    if (this.options.delayMs.max > 0) await simulateAnalysis(this.options.delayMs, signal);
    return analyzed;
  }

  /**
   * Completes the task and enqueues one follow-up task if an image is pending, in one transaction. The database
   * is asked each time what is pending, because a failover may have lost results.
   *
   * @param pauseMs pause before due images are tried again
   */
  private async settle(task: HeldTask<Batch>, transaction: Transaction, pauseMs: number): Promise<void> {
    if (!(await task.complete(transaction))) return;
    const { job, run, from, to } = task.payload;
    const next = await this.images.nextDue(transaction, task.payload, pauseMs);
    if (next === null) return;
    await this.queue.enqueue<Batch>(
      BATCH_QUEUE,
      [{ payload: { job, run, from, to }, priority: getPriority({ from, to }), startAfter: next }],
      transaction,
    );
  }
}
