/** Hosts that are remembered; the one that was asked longest ago is forgotten first. */
const MAX_HOSTS = 10_000;
/** How long a host that refused ranges is asked without, in milliseconds: it may have been a passing fault. */
const REMEMBERED_MS = 600_000;

/** Whether one host answers requests for a range. */
export class HostRanges {
  private answered = false;
  private refusedUntil = -Infinity;

  /** Whether it is asked for a range at all. */
  get areAsked(): boolean {
    return performance.now() >= this.refusedUntil;
  }

  /** Whether a refusal may be because of the range. A host that has answered one refuses for another reason. */
  get mayBeRefused(): boolean {
    return !this.answered;
  }

  recordAnswered(): void {
    this.answered = true;
  }

  /** The host refused a range, and answered the same request without one. */
  recordRefused(): void {
    this.refusedUntil = performance.now() + REMEMBERED_MS;
  }
}

/** Which hosts answer requests for a range, of the {@link MAX_HOSTS} that were asked last. */
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
