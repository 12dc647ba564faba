import { Logger } from '@nestjs/common';
import { CircuitBreaker, type CircuitCall, IMAGES_TO_OPEN } from '../hosts/circuit-breaker.js';
import { type HostUnavailableError, HostStalledError, STALL_PAUSE_MS } from '../hosts/deferral-errors.js';
import { HostSlots } from '../hosts/host-slots.js';
import type { CallEnd, HostLimits } from '../hosts/host.js';
import type { Series } from '../hosts/series.js';
import { CHECK_EVERY_MS } from '../hosts/silence.js';
import { downloadsAtOnce } from './download-memory.js';
import { ThrottledFault } from './fetch-fault.js';
import type { FetchingOptions } from './fetching.options.js';

/** Utilization of the event loop above which more requests in flight gain nothing. */
const BUSY_UTILIZATION = 0.9;
/** If the probe takes longer than this, in milliseconds, the batches stop waiting for its host. */
const LATE_PROBE_MS = 1_000;

/**
 * Decides when a host gets a request: its circuit has to be closed, and a slot has to be free. Batches do not wait for a host
 * that does not answer.
 */
export class HostAccess {
  private readonly logger = new Logger('ImageFetcher');
  private readonly slots: HostSlots;
  private readonly circuits = new CircuitBreaker(undefined, {
    opened: (host, { code, message }) =>
      this.logger.warn({ event: 'circuit_opened', host, error_code: code, error: message }),
    closed: (host) => this.logger.log({ event: 'circuit_closed', host }),
  });
  /** The series that wait for a host or have images in flight to it. */
  private readonly series = new Map<string, Set<Series>>();
  private readonly hostCheck: NodeJS.Timeout;
  private lastUtilization = performance.eventLoopUtilization();

  /**
   * @param limitsFor returns the limits that are configured for a host now
   * @param memoryBytes memory that all downloads may hold together
   */
  constructor(limitsFor: (host: string) => HostLimits, options: FetchingOptions, memoryBytes: number) {
    const { hostConcurrency, hostPatienceMs } = options;
    this.slots = new HostSlots(downloadsAtOnce(options, memoryBytes), hostConcurrency, {
      ...(hostPatienceMs === undefined ? {} : { patienceMs: hostPatienceMs }),
      detachAfterMs: options.timeoutMs / 2,
      limitsFor,
      events: {
        stalled: (host) => this.detach(host, new HostStalledError(STALL_PAUSE_MS)),
        throttled: (host, { message }, imagesPerSecond, pauseMs) =>
          this.logger.warn({
            event: 'host_throttled',
            host,
            error: message,
            images_per_second: Math.round(imagesPerSecond * 10) / 10,
            pause_ms: pauseMs,
          }),
        throttlingEnded: (host) => this.logger.log({ event: 'host_throttling_ended', host }),
      },
    });
    this.hostCheck = setInterval(() => this.checkHosts(), CHECK_EVERY_MS).unref();
  }

  /** Number of slots in use. */
  get inFlight(): number {
    return this.slots.inFlight;
  }

  /** Stops the timers. */
  close(): void {
    clearInterval(this.hostCheck);
    this.slots.close();
  }

  /** Whether the circuit breaker allows a request to the host now. */
  mayRequest(host: string): boolean {
    return this.circuits.mayRequest(host);
  }

  /** Adds a series to the line for its host. */
  enqueue(
    host: string,
    series: Series,
    waitSignal: AbortSignal | undefined,
    fairnessKey: string | undefined,
  ): void {
    const seriesOfHost = this.series.get(host) ?? new Set<Series>();
    this.series.set(host, seriesOfHost.add(series));
    const leave = (): void => {
      seriesOfHost.delete(series);
      if (seriesOfHost.size === 0 && this.series.get(host) === seriesOfHost) this.series.delete(host);
    };
    series.ended.then(leave, leave);
    this.slots.enqueue(host, series, waitSignal, fairnessKey);
  }

  /**
   * Resolves when a slot of the host was acquired. Rejects with the reason of the signal or HostRefusedError.
   *
   * @throws HostUnavailableError while the circuit of the host is open
   */
  acquire(host: string, waitSignal: AbortSignal | undefined, fairnessKey: string | undefined): Promise<void> {
    this.circuits.throwIfOpen(host);
    return this.slots.acquire(host, waitSignal, fairnessKey);
  }

  /** @throws HostUnavailableError while the circuit of the host is open */
  beginCall(host: string, image: string): CircuitCall {
    return this.circuits.beginCall(host, image);
  }

  release(host: string, end?: CallEnd): void {
    this.slots.release(host, end);
  }

  /** Converts the fault of a host that throttles as {@link HostSlots.toRefusal} does. Returns any other error unchanged. */
  toRefusal(error: unknown, host: string, fairnessKey: string | undefined): unknown {
    if (!(error instanceof ThrottledFault)) return error;
    return this.slots.toRefusal(host, error, error.retryAfterMs, fairnessKey);
  }

  /**
   * Ends the wait of all batches for a host that does not answer. A few requests go on, as many as are needed to show that the
   * host is down. The slots of the others become free for hosts that answer.
   */
  private detach(host: string, reason: HostUnavailableError): void {
    let keep = IMAGES_TO_OPEN;
    // `detach` returns how many requests of the series go on. The next series may keep as many fewer.
    for (const series of this.series.get(host) ?? []) keep -= series.detach(reason, keep);
  }

  private checkHosts(): void {
    const use = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(use, this.lastUtilization);
    this.lastUtilization = use;
    this.slots.check(utilization < BUSY_UTILIZATION);
    if (this.slots.busyHosts < 2) return;
    for (const host of this.circuits.lateProbes(LATE_PROBE_MS))
      this.detach(host, this.circuits.deferImage(host));
  }
}
