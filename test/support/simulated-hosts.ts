import type { SlotRequest } from '../../src/images/hosts/slot-request.js';
import type { Clock } from '../../src/images/hosts/clock.js';
import type { HostUnavailableError, HostRefusedError } from '../../src/images/hosts/deferral-errors.js';
import { HostSlots } from '../../src/images/hosts/host-slots.js';
import type { HostSlotsOptions } from '../../src/images/hosts/host-slots-options.js';
import { CHECK_EVERY_MS } from '../../src/images/hosts/silence.js';
import { MAX_REFUSALS } from '../../src/processing/image-result.js';

/** A clock that goes on only when it is told to, from one thing that is due to the next. */
export class VirtualClock implements Clock {
  private time = 0;
  private order = 0;
  /** A heap: what is due first comes first. */
  private readonly due: { readonly at: number; readonly order: number; run: (() => void) | undefined }[] = [];

  now(): number {
    return this.time;
  }

  after(ms: number, run: () => void): () => void {
    const timer: (typeof this.due)[number] = {
      at: this.time + Math.max(0, ms),
      order: (this.order += 1),
      run,
    };
    this.push(timer);
    return () => {
      timer.run = undefined;
    };
  }

  /** Runs everything that is due within so many milliseconds, while `goesOn` says so. */
  run(ms: number, goesOn: () => boolean = () => true): void {
    const end = this.time + ms;
    for (let next = this.due[0]; next !== undefined && next.at <= end && goesOn(); next = this.due[0]) {
      this.pop();
      this.time = next.at;
      next.run?.();
    }
    if (goesOn()) this.time = end;
  }

  private isBefore(one: number, other: number): boolean {
    const [a, b] = [this.due[one], this.due[other]];
    if (a === undefined || b === undefined) return b === undefined;
    return a.at < b.at || (a.at === b.at && a.order < b.order);
  }

  private swap(one: number, other: number): void {
    const [a, b] = [this.due[one], this.due[other]];
    if (a === undefined || b === undefined) return;
    this.due[one] = b;
    this.due[other] = a;
  }

  private push(timer: (typeof this.due)[number]): void {
    let at = this.due.push(timer) - 1;
    for (let up = (at - 1) >> 1; at > 0 && this.isBefore(at, up); at = up, up = (at - 1) >> 1)
      this.swap(at, up);
  }

  private pop(): void {
    this.swap(0, this.due.length - 1);
    this.due.pop();
    for (let at = 0; ;) {
      const [left, right] = [2 * at + 1, 2 * at + 2];
      const least = right < this.due.length && this.isBefore(right, left) ? right : left;
      if (least >= this.due.length || !this.isBefore(least, at)) return;
      this.swap(at, least);
      at = least;
    }
  }
}

/** What a simulated host answers, and after how many milliseconds; undefined: never. */
export type Answering = (
  now: number,
  image: SimulatedImage,
) => { readonly afterMs: number; readonly refused?: boolean } | undefined;

/** An image, by its number in the job, and how often it was refused. */
export interface SimulatedImage {
  readonly number: number;
  refusals: number;
  refusedSince: number | undefined;
}

/** Numbers from 0 to 1, the same ones each time. */
export function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Answers after the same time, however much it is asked. */
export function fixedLatency(ms: number): Answering {
  return () => ({ afterMs: ms });
}

/** Latency with a long tail (log-normal) around a median, as object stores have it. */
export function tailedLatency(medianMs: number, sigma: number, random: () => number): Answering {
  return () => {
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    return { afterMs: medianMs * Math.exp(sigma * normal) };
  };
}

/** So many workers, each of which takes so long for an answer: the rest waits. */
export function workers(count: number, ms: number): Answering {
  const freeAt = Array.from({ length: count }, () => 0);
  return (now) => {
    const next = freeAt.indexOf(Math.min(...freeAt));
    freeAt[next] = Math.max(freeAt[next] ?? 0, now) + ms;
    return { afterMs: (freeAt[next] ?? 0) - now };
  };
}

/** Serves so many a second, with an allowance of `burst`, and refuses the rest. */
export function tokenBucket(perSecond: number, burst: number, latencyMs: number): Answering {
  let tokens = burst;
  let last = 0;
  return (now) => {
    tokens = Math.min(burst, tokens + ((now - last) * perSecond) / 1000);
    last = now;
    if (tokens < 1) return { afterMs: latencyMs, refused: true };
    tokens -= 1;
    return { afterMs: latencyMs };
  };
}

/** Serves so many in each whole second of the clock, and refuses the rest. */
export function fixedWindow(perWindow: number, windowMs: number, latencyMs: number): Answering {
  let window = -1;
  let served = 0;
  return (now) => {
    if (Math.floor(now / windowMs) !== window) {
      window = Math.floor(now / windowMs);
      served = 0;
    }
    served += 1;
    return { afterMs: latencyMs, refused: served > perWindow };
  };
}

/** A host, and what was asked of it. */
export class SimulatedHost {
  requests = 0;
  served = 0;
  refusals = 0;
  inFlight = 0;
  mostInFlight = 0;
  /** How long its answers took, from the latest on. */
  readonly latencies: number[] = [];

  constructor(
    readonly name: string,
    public answering: Answering,
    /** With a refusal; null where it says nothing. */
    readonly retryAfterMs: number | null = null,
  ) {}
}

const BATCH = 200;
/** How often a worker looks for tasks that have become due. */
const POLL_MS = 500;
const FAULT = { code: 'throttled', message: 'the host answered 429 Too Many Requests' } as const;

/** Images of one host in one task. */
class Batch {
  constructor(
    readonly host: SimulatedHost,
    readonly job: string,
    readonly images: readonly SimulatedImage[],
  ) {}
}

export interface WorkerOptions extends Omit<HostSlotsOptions, 'clock'> {
  readonly limit?: number;
  readonly hostLimit?: number;
  /** Time of the process for one image, in milliseconds. */
  readonly cpuMs?: number;
  /** Tasks in hand at a time. */
  readonly tasks?: number;
  readonly timeoutMs?: number;
  /** When it first looks for tasks, and from then on each half second. */
  readonly phaseMs?: number;
}

/** A queue of tasks that workers share, as pg-boss gives them: what is due, in order. */
export class SimulatedQueue {
  readonly tasks: Batch[] = [];

  enqueue(host: SimulatedHost, images: number, job = ''): void {
    const all = Array.from({ length: images }, (_, number) => ({
      number,
      refusals: 0,
      refusedSince: undefined,
    }));
    for (let from = 0; from < images; from += BATCH)
      this.tasks.push(new Batch(host, job, all.slice(from, from + BATCH)));
  }
}

/** An image that is being fetched. */
interface Flying {
  readonly name: string;
  isDetached: boolean;
  put(afterMs: number): void;
  abort(): void;
}

/** One process: takes tasks off a queue, and asks hosts for their images, by the real slots. */
export class SimulatedWorker {
  readonly slots: HostSlots;
  done = 0;
  timeouts = 0;
  failed = 0;
  deferred = 0;
  /** When the last image ended. */
  lastAt = 0;
  /** Tasks in hand. */
  held = 0;
  private readonly flights = new Set<Flying>();
  private cpuFreeAt = 0;
  private busyMs = 0;
  private readonly cpuMs: number;
  private readonly tasks: number;
  private readonly timeoutMs: number;
  private readonly patienceMs: number;

  constructor(
    private readonly clock: VirtualClock,
    private readonly queue: SimulatedQueue,
    {
      limit = 256,
      hostLimit = 128,
      cpuMs = 0.054,
      tasks = 8,
      timeoutMs = 10_000,
      phaseMs = 0,
      ...options
    }: WorkerOptions = {},
  ) {
    this.slots = new HostSlots(limit, hostLimit, {
      ...options,
      clock,
      events: {
        stalled: (name) => this.detach(name),
        throttled: () => {},
        throttlingEnded: () => {},
      },
    });
    this.patienceMs = options.patienceMs ?? 120_000;
    this.cpuMs = cpuMs;
    this.tasks = tasks;
    this.timeoutMs = timeoutMs;
    const check = (): void => {
      this.slots.check(this.busyMs < 0.9 * CHECK_EVERY_MS);
      this.busyMs = 0;
      clock.after(CHECK_EVERY_MS, check);
    };
    clock.after(CHECK_EVERY_MS, check);
    const poll = (): void => {
      this.takeTasks();
      clock.after(POLL_MS, poll);
    };
    clock.after(phaseMs, poll);
  }

  private takeTasks(): void {
    while (this.held < this.tasks) {
      const batch = this.queue.tasks.shift();
      if (batch === undefined) return;
      this.held += 1;
      this.runBatch(batch);
    }
  }

  private runBatch(batch: Batch): void {
    const later = new Map<number, SimulatedImage[]>();
    let open = batch.images.length;
    const end = (): void => {
      open -= 1;
      if (open > 0) return;
      this.held -= 1;
      this.followUp(batch, later);
      this.takeTasks();
    };
    const put = (image: SimulatedImage, afterMs: number): void => {
      this.deferred += 1;
      const at = Math.ceil(this.clock.now() + afterMs);
      const imagesThen = later.get(at);
      if (imagesThen === undefined) later.set(at, [image]);
      else imagesThen.push(image);
      end();
    };
    const left = batch.images.toSorted((one, other) => one.refusals - other.refusals);
    const request: SlotRequest = {
      get size() {
        return left.length;
      },
      get newSize() {
        return left.filter(({ refusals }) => refusals === 0).length;
      },
      grant: () => {
        const image = left.shift();
        if (image !== undefined) this.ask(batch, image, put, end);
        return left.length > 0;
      },
      sendBack: (reason: HostUnavailableError | HostRefusedError) => {
        const image = left.pop();
        if (image === undefined) return false;
        if (reason.afterMs === null) {
          this.failed += 1;
          end();
        } else put(image, reason.afterMs);
        return left.length > 0;
      },
      abort: () => {},
    };
    this.slots.enqueue(batch.host.name, request, undefined, batch.job);
  }

  /** One task for all that is left, due when the first of it is: what is not due by then goes on to the next. */
  private followUp(batch: Batch, later: ReadonlyMap<number, readonly SimulatedImage[]>): void {
    for (const [at, images] of later) {
      this.clock.after(at - this.clock.now(), () =>
        this.queue.tasks.push(new Batch(batch.host, batch.job, images)),
      );
    }
  }

  /** As the service does: no batch waits for a host that does not answer, and eight of its requests go on. */
  private detach(name: string): void {
    let kept = 0;
    for (const flight of this.flights) {
      if (flight.name !== name || flight.isDetached) continue;
      flight.isDetached = true;
      kept += 1;
      if (kept > 8) flight.abort();
      flight.put(1_000);
    }
  }

  private ask(
    { host, job }: Batch,
    image: SimulatedImage,
    putBack: (image: SimulatedImage, afterMs: number) => void,
    done: () => void,
  ): void {
    const sentAt = this.work();
    host.requests += 1;
    host.inFlight += 1;
    host.mostInFlight = Math.max(host.mostInFlight, host.inFlight);
    const answer = host.answering(sentAt, image);
    const isTooLate = answer === undefined || answer.afterMs > this.timeoutMs;
    const afterMs = isTooLate ? this.timeoutMs : answer.afterMs;
    const flight: Flying = {
      name: host.name,
      isDetached: false,
      put: (ms) => putBack(image, ms),
      abort: () => {},
    };
    this.flights.add(flight);
    const put = (ms: number): void => {
      if (!flight.isDetached) putBack(image, ms);
    };
    const end = (): void => {
      if (!flight.isDetached) done();
    };
    const cancel = this.clock.after(sentAt - this.clock.now() + afterMs, () => {
      this.flights.delete(flight);
      host.inFlight -= 1;
      host.latencies.push(afterMs);
      const readAt = this.work();
      this.clock.after(readAt - this.clock.now(), () => {
        const latencyMs = readAt - sentAt;
        this.lastAt = this.clock.now();
        if (isTooLate) {
          this.timeouts += 1;
          this.slots.release(host.name, { kind: 'failed', latencyMs });
          return put(1_000);
        }
        if (answer.refused === true) {
          host.refusals += 1;
          this.slots.release(host.name, {
            kind: 'refused',
            latencyMs,
            retryAfterMs: host.retryAfterMs,
            fault: FAULT,
            refusalsBefore: image.refusals,
          });
          const { afterMs: pauseMs } = this.slots.toRefusal(host.name, FAULT, host.retryAfterMs, job);
          const ownMs = this.recordRefusal(image);
          if (pauseMs !== null && ownMs !== null) return put(Math.max(pauseMs, ownMs));
          this.failed += 1;
          return end();
        }
        host.served += 1;
        this.done += 1;
        this.slots.release(host.name, { kind: 'answered', tookMs: latencyMs, latencyMs, requests: 1 });
        end();
      });
    });
    flight.abort = () => {
      cancel();
      this.flights.delete(flight);
      host.inFlight -= 1;
      this.slots.release(host.name);
    };
  }

  /** The rule of `toImageResult`: when an image that was refused may be requested again; null if it was refused too often. */
  private recordRefusal(image: SimulatedImage): number | null {
    image.refusals += 1;
    image.refusedSince ??= this.clock.now();
    const refusedMs = this.clock.now() - image.refusedSince;
    if (image.refusals >= MAX_REFUSALS && refusedMs >= this.patienceMs) return null;
    return Math.min(1_000 * 2 ** (image.refusals - 1), this.patienceMs / MAX_REFUSALS);
  }

  /** The process does half of what an image costs; says when it has done that. */
  private work(): number {
    this.cpuFreeAt = Math.max(this.cpuFreeAt, this.clock.now()) + this.cpuMs / 2;
    this.busyMs += this.cpuMs / 2;
    return this.cpuFreeAt;
  }
}
