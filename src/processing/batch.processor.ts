import { Inject, Injectable, Logger } from '@nestjs/common';
import { isDatabaseOutage } from '../database/database-faults.js';
import type { Transaction } from '../database/database.js';
import {
  type AnalysisContext,
  type AnalyzedOutcome,
  ImageAnalysis,
} from '../images/analysis/image-analysis.js';
import type { FetchCallOptions } from '../images/fetching/file-attempts.js';
import { ImageFetcher } from '../images/fetching/image-fetcher.js';
import type { ImageOutcome, MeasuredImage } from '../images/fetching/image-outcome.js';
import { type DueImage, ImagesRepository } from '../images/images.repository.js';
import { BATCH_QUEUE, getPriority } from '../jobs/batches.js';
import { JobsRepository } from '../jobs/jobs.repository.js';
import { type HeldTask, QueueService, type TaskHandler } from '../queue/queue.service.js';
import { type Batch, toBatchName } from './batch.js';
import { BatchRecorder } from './batch-recorder.js';
import { FaultNarrowing } from './fault-narrowing.js';
import { toImageResult } from './image-result.js';
import { PROCESSING_OPTIONS, type ProcessingOptions } from './processing.options.js';
import { ResultWriter } from './result-writer.js';
import { simulateAnalysis } from './simulated-analysis.js';

/** Jobs that are remembered as started. */
const MAX_REMEMBERED = 10_000;

/** The job that the images of a batch are fetched for, and what ends the batch early. */
type BatchContext = Required<FetchCallOptions> & {
  readonly jobId: string | undefined;
  /** When its images were read, as `performance.now()`: times of day are the database's. */
  readonly readAt: number;
  /** Read once, when they are first asked for. */
  readonly visits: AnalysisContext['visits'];
};

/**
 * Runs batches: fetches the images of a range that are pending and due, side by side, and writes what came of them.
 * A batch may run twice, and a worker taken for dead may come back: whoever is second finds nothing pending.
 */
@Injectable()
export class BatchProcessor implements TaskHandler<Batch> {
  private readonly logger = new Logger('Processor');
  /** Jobs that are known to have been started: their ids by their numbers. */
  private readonly started = new Map<string, string | undefined>();

  constructor(
    private readonly jobs: JobsRepository,
    private readonly images: ImagesRepository,
    private readonly writer: ResultWriter,
    private readonly fetcher: ImageFetcher,
    private readonly analysis: ImageAnalysis,
    private readonly queue: QueueService,
    private readonly narrowing: FaultNarrowing,
    @Inject(PROCESSING_OPTIONS) private readonly options: ProcessingOptions,
  ) {}

  /**
   * Runs one batch to its end, and leaves one deferred task for what has to be tried later. Where the process is
   * stopping, what has not begun is left to that task too, which is due at once then.
   *
   * @throws what is nobody's fault, such as an outage of the database: the task goes back then, its images are pending
   */
  async run(task: HeldTask<Batch>): Promise<void> {
    try {
      await this.runBatch(task);
    } catch (error) {
      if (task.signal.aborted || isDatabaseOutage(error)) throw error;
      await this.narrowing.narrow(task, error);
    }
  }

  /** The id of the job is told where this process knows it already: when this is asked, the database may be away. */
  about(batch: Batch): Readonly<Record<string, unknown>> {
    return { job_id: this.started.get(batch.job), batch: toBatchName(batch), run: batch.run };
  }

  private async runBatch(task: HeldTask<Batch>): Promise<void> {
    const range = task.payload;
    const readAt = performance.now();
    const due = task.stopping.aborted ? [] : await this.images.due(range);
    const jobId = due.length > 0 ? await this.recordStarted(range.job) : undefined;
    const recorder = new BatchRecorder(this.writer, range, this.options.observer);
    try {
      await this.fetchAll(task, { jobId, readAt }, due, recorder);
    } catch (error) {
      await recorder.abandon();
      throw error;
    }
    await recorder.finish((transaction, pauseMs) => this.settle(task, transaction, pauseMs));
    if (due.length === 0) return;
    this.logger.debug({
      event: 'batch_finished',
      job_id: jobId,
      batch: toBatchName(range),
      run: range.run,
      images: due.length,
      final: recorder.final,
      duration_ms: Math.round(performance.now() - readAt),
    });
  }

  /** Once for a job in this process: others may have noted it before, which changes nothing. Returns the id of the job. */
  private async recordStarted(job: string): Promise<string | undefined> {
    if (this.started.has(job)) return this.started.get(job);
    const jobId = await this.jobs.markStarted(job);
    if (this.started.size >= MAX_REMEMBERED) this.started.clear();
    this.started.set(job, jobId);
    return jobId;
  }

  /** Each URL is fetched once, whatever the number of its rows, and each of these has a try in it. */
  private async fetchAll(
    task: HeldTask<Batch>,
    { jobId, readAt }: Pick<BatchContext, 'jobId' | 'readAt'>,
    due: readonly DueImage[],
    recorder: BatchRecorder,
  ): Promise<void> {
    const waiting = AbortSignal.any([task.signal, task.stopping]);
    let visits: ReturnType<ImagesRepository['findVisits']> | undefined;
    const byUrl = Map.groupBy(due, ({ url }) => url);
    const context: BatchContext = {
      signal: task.signal,
      waiting,
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
    if (outcome.kind !== 'measured' || !this.isSlow(outcome))
      return this.record(images, outcome, [], context, recorder);
    return this.analyse(images, outcome, context).then((analysed) =>
      this.record(images, outcome, analysed, context, recorder),
    );
  }

  private record(
    images: readonly DueImage[],
    outcome: ImageOutcome,
    analysed: readonly AnalyzedOutcome[],
    { readAt }: BatchContext,
    recorder: BatchRecorder,
  ): void {
    const sinceReadMs = performance.now() - readAt;
    // One spread of the pause for all of them, so that they share the next try too.
    const spread = Math.random();
    for (const [index, image] of images.entries()) {
      const { outcome: its = outcome, analysis } = analysed[index] ?? {};
      const result = toImageResult(image, its, this.options, sinceReadMs, spread);
      const isKept = analysis !== undefined && result.status !== 'pending';
      recorder.add(isKept ? { ...result, analysis } : result);
    }
  }

  /** Whether anything comes between a measurement and its result. */
  private isSlow(measured: MeasuredImage): boolean {
    return measured.start !== undefined || this.options.delayMs.max > 0;
  }

  /** Of a job that is gone nothing will be written. */
  private async analyse(
    images: readonly DueImage[],
    measured: MeasuredImage,
    { signal, fairnessKey: job, jobId, visits }: BatchContext,
  ): Promise<readonly AnalyzedOutcome[]> {
    const analysed =
      jobId !== undefined && measured.start !== undefined
        ? await this.analysis.analyze(images, measured, { job, jobId, signal, visits })
        : [];
    if (this.options.delayMs.max > 0) await simulateAnalysis(this.options.delayMs, signal);
    return analysed;
  }

  /**
   * The task ends, and one follow-up takes its place where an image is pending, together: there is never none, and never
   * two. What is pending is asked of the database each time: results that were recorded may have been lost in a failover.
   *
   * @param pauseMs before images are tried again that are due
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
