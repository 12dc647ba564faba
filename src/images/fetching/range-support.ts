/** Number of hosts that are remembered. The host that was used longest ago is forgotten first. */
const MAX_HOSTS = 10_000;
/**
 * How long a host that refused ranges gets requests without one, in milliseconds. The refusal may have been
 * temporary.
 */
const REMEMBERED_MS = 600_000;

/** Whether one host supports ranges. */
export class HostRanges {
  private answered = false;
  private refusedUntil = -Infinity;

  /** Whether ranges are requested. */
  get areRequested(): boolean {
    return performance.now() >= this.refusedUntil;
  }

  /**
   * Whether the host may refuse ranges. A host that has answered one refuses a request for another reason.
   */
  get mayBeRefused(): boolean {
    return !this.answered;
  }

  recordAnswered(): void {
    this.answered = true;
  }

  /** Records that the host refused a range and answered the same request without one. */
  recordRefused(): void {
    this.refusedUntil = performance.now() + REMEMBERED_MS;
  }
}

/** Records which hosts support ranges, for the {@link MAX_HOSTS} that were used last. */
export class RangeSupport {
  private readonly hosts = new Map<string, HostRanges>();
  private latest: { readonly host: string; readonly ranges: HostRanges } | undefined;

  getRanges(host: string): HostRanges {
    if (this.latest?.host === host) return this.latest.ranges;
    const ranges = this.hosts.get(host) ?? new HostRanges();
    this.hosts.delete(host);
    this.hosts.set(host, ranges);
    this.latest = { host, ranges };
    const [oldest] = this.hosts.keys();
    if (this.hosts.size > MAX_HOSTS && oldest !== undefined) this.hosts.delete(oldest);
    return ranges;
  }
}
