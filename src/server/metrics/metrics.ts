import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { PoolUse } from '../../database/database.js';
import { CALLBACK_STATES } from '../../webhooks/callback.entity.js';
import type { CallbackObserver } from '../../webhooks/callback-observer.js';
import type { FetchObserver } from '../../images/fetching/fetch-observer.js';
import { JOB_OUTCOMES, type JobOutcome } from '../../jobs/job.entity.js';
import type { JobsObserver } from '../../jobs/jobs-observer.js';
import type { RecordedImages } from '../../images/images.repository.js';
import type { ProcessingObserver } from '../../processing/processing-observer.js';
import type { QueueBacklog } from '../../queue/queue.service.js';
import { VERSION } from '../version.js';
import { CountedHistogram } from './counted-histogram.js';

const KIB = 1024;
/** The labels of an HTTP request. Clients cannot increase the number of their values. */
export interface MeasuredRequest {
  readonly method: string;
  /** The pattern of the route, and never the path. */
  readonly route: string;
  /** The status of the response, or a word for no response. */
  readonly status: string;
}

/** The values at the moment of a scrape. */
export interface Moment {
  readonly tasksInFlight: ReadonlyMap<string, number>;
  readonly downloadsInFlight: number;
  readonly pool: PoolUse | undefined;
  /** The backlog of all processes, or undefined if the database does not answer. */
  readonly backlog: readonly QueueBacklog[] | undefined;
}

/**
 * The metrics of this process, in their own registry. Counters and histograms are per process: sum them over all processes. The backlog of the queue is that
 * of all processes, and equal in each.
 */
export class Metrics implements FetchObserver, ProcessingObserver, JobsObserver, CallbackObserver {
  private readonly registry = new Registry();
  private readonly registers = [this.registry];

  private readonly jobs = new Counter({
    name: 'shelfline_jobs_total',
    help: 'Jobs that came to an end in this process: with their last image, by a cancel, or with nothing to fetch.',
    labelNames: ['outcome'],
    registers: this.registers,
  });
  private readonly images = new Counter({
    name: 'shelfline_images_total',
    help: 'Images that came to their final state in this process.',
    labelNames: ['outcome', 'error_code'],
    registers: this.registers,
  });
  private readonly retries = new Counter({
    name: 'shelfline_image_retries_total',
    help: 'Tries of images that failed and are followed by another one, by what they failed for.',
    labelNames: ['error_code'],
    registers: this.registers,
  });
  private readonly holds = new Counter({
    name: 'shelfline_image_holds_total',
    help: 'Images that were put off without a try, because their host fails again and again or gives no slot back.',
    registers: this.registers,
  });
  private readonly fetchSeconds = new CountedHistogram({
    name: 'shelfline_image_fetch_duration_seconds',
    help: 'How long hosts were waited for in one try at an image, redirects and further ranges included.',
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registry: this.registry,
  });
  private readonly fetchBytes = new CountedHistogram({
    name: 'shelfline_image_fetch_bytes',
    help: 'Bytes that were read in one try at an image.',
    buckets: [1, 4, 16, 32, 64, 256, 1024, 4096, 16_384].map((kib) => kib * KIB),
    registry: this.registry,
  });
  private readonly downloads = new Gauge({
    name: 'shelfline_downloads_in_flight',
    help: 'Downloads of images that this process has under way.',
    registers: this.registers,
  });
  private readonly tasks = new Gauge({
    name: 'shelfline_tasks_in_flight',
    help: 'Tasks that this process holds, by queue: "images" are batches.',
    labelNames: ['queue'],
    registers: this.registers,
  });
  private readonly callbacks = new Counter({
    name: 'shelfline_callback_attempts_total',
    help: 'Attempts at webhooks, by outcome.',
    labelNames: ['outcome'],
    registers: this.registers,
  });
  private readonly databaseUp = new Gauge({
    name: 'shelfline_database_up',
    help: 'Whether the database answered at this scrape. If it did not, there are no metrics of the queue.',
    registers: this.registers,
  });
  private readonly connections = new Gauge({
    name: 'shelfline_database_connections',
    help: 'Connections of the pool of this process, those of the queue apart.',
    labelNames: ['state'],
    registers: this.registers,
  });
  private readonly connectionWaiters = new Gauge({
    name: 'shelfline_database_connection_waiters',
    help: 'Callers in this process that wait for a connection.',
    registers: this.registers,
  });
  private readonly queued = new Gauge({
    name: 'shelfline_queue_tasks',
    help: 'Tasks of a queue, of all processes: due, deferred to a later time, or being worked on.',
    labelNames: ['queue', 'state'],
    registers: this.registers,
  });
  private readonly oldest = new Gauge({
    name: 'shelfline_queue_oldest_due_seconds',
    help: 'How long the task of a queue that is due longest has been so, of all processes.',
    labelNames: ['queue'],
    registers: this.registers,
  });
  private readonly requests = new Histogram({
    name: 'shelfline_http_request_duration_seconds',
    help: 'HTTP requests by the pattern of their route, from their head to the end of the answer.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 10, 60],
    registers: this.registers,
  });

  constructor(role: string) {
    collectDefaultMetrics({ register: this.registry });
    new Gauge({
      name: 'shelfline_build_info',
      help: 'What runs here; always 1.',
      labelNames: ['version', 'role'],
      registers: this.registers,
    }).set({ version: VERSION, role }, 1);
    // A rate needs a start value, so known labels start at 0.
    this.images.inc({ outcome: 'succeeded', error_code: 'none' }, 0);
    for (const outcome of JOB_OUTCOMES) this.jobs.inc({ outcome }, 0);
    for (const outcome of CALLBACK_STATES) if (outcome !== 'waiting') this.callbacks.inc({ outcome }, 0);
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  imageFetched(ms: number, bytes: number): void {
    this.fetchSeconds.count(ms / 1000);
    this.fetchBytes.count(bytes);
  }

  imagesRecorded(recorded: readonly RecordedImages[]): void {
    for (const { status, error_code, attempted, images } of recorded) {
      const code = { error_code: error_code ?? 'none' };
      if (status !== 'pending') this.images.inc({ outcome: status, ...code }, images);
      else if (attempted) this.retries.inc(code, images);
      else this.holds.inc(images);
    }
  }

  jobEnded(outcome: JobOutcome): void {
    this.jobs.inc({ outcome });
  }

  callbackTried(outcome: Parameters<CallbackObserver['callbackTried']>[0]): void {
    this.callbacks.inc({ outcome });
  }

  requestAnswered(request: MeasuredRequest, seconds: number): void {
    this.requests.observe({ ...request }, seconds);
  }

  /** Returns all metrics in the text format of Prometheus. */
  async exposition({ tasksInFlight, downloadsInFlight, pool, backlog }: Moment): Promise<string> {
    this.downloads.set(downloadsInFlight);
    for (const [queue, tasks] of tasksInFlight) this.tasks.set({ queue }, tasks);
    if (pool !== undefined) {
      this.connections.set({ state: 'used' }, pool.used);
      this.connections.set({ state: 'idle' }, pool.idle);
      this.connectionWaiters.set(pool.waiting);
    }
    this.databaseUp.set(backlog === undefined ? 0 : 1);
    // Unknown values are left out: an old number would look like a queue that does not move.
    this.queued.reset();
    this.oldest.reset();
    for (const { queue, oldestDueSeconds, ...states } of backlog ?? []) {
      for (const state of ['due', 'deferred', 'active'] as const)
        this.queued.set({ queue, state }, states[state]);
      this.oldest.set({ queue }, oldestDueSeconds);
    }
    return this.registry.metrics();
  }
}
