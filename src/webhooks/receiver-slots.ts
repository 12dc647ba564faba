/** A host that answers within this time is prompt, in milliseconds. */
const PROMPT_MS = 1_000;
/** Number of hosts that are remembered. */
const MAX_HOSTS = 1_000;

/** Number of webhooks that one process delivers at once. */
export const WEBHOOK_LANES = 8;
/** Lanes for one host without a known speed. */
const UNKNOWN_HOST_LANES = 3;
/** Lanes for all slow hosts together. */
const SLOW_HOSTS_LANES = 3;
/** Lanes for one prompt host. */
const PROMPT_HOST_LANES = 6;
/** Lanes for all hosts together that are not prompt. The others are reserved for prompt hosts. */
const UNPROVEN_HOSTS_LANES = 6;

/** Speed of the last answer of a host. */
type Speed = 'unknown' | 'slow' | 'prompt';

interface Host {
  speed: Speed;
  inFlight: number;
}

/**
 * Limits how many lanes of this process deliver to one host, and to all slow hosts together. Receivers that do
 * not answer therefore leave lanes for the others. A webhook without a slot is deferred: it occupies no lane,
 * and this is not an attempt.
 */
export class ReceiverSlots {
  private readonly hosts = new Map<string, Host>();

  /** Returns a slot of a host; undefined if none is free. */
  acquire(name: string): ReceiverSlot | undefined {
    const host = this.hosts.get(name) ?? { speed: 'unknown', inFlight: 0 };
    if (!this.hasRoom(host)) return undefined;
    // The host that was used last is forgotten last.
    this.hosts.delete(name);
    this.hosts.set(name, host);
    this.forgetSome();
    host.inFlight += 1;
    return new ReceiverSlot(host);
  }

  private hasRoom({ speed, inFlight }: Host): boolean {
    if (speed === 'prompt') return inFlight < PROMPT_HOST_LANES;
    const slow = this.inFlightAt('slow');
    if (slow + this.inFlightAt('unknown') >= UNPROVEN_HOSTS_LANES) return false;
    return speed === 'slow' ? slow < SLOW_HOSTS_LANES : inFlight < UNKNOWN_HOST_LANES;
  }

  private inFlightAt(speed: Speed): number {
    let inFlight = 0;
    for (const host of this.hosts.values()) if (host.speed === speed) inFlight += host.inFlight;
    return inFlight;
  }

  private forgetSome(): void {
    for (const [name, host] of this.hosts) {
      if (this.hosts.size <= MAX_HOSTS) return;
      if (host.inFlight === 0) this.hosts.delete(name);
    }
  }
}

/** One delivery in flight. The owner must call {@link end} or {@link release}. */
export class ReceiverSlot {
  constructor(private readonly host: Host) {}

  /** @param answeredMs duration until the answer, whatever its status; undefined without an answer */
  end(answeredMs: number | undefined): void {
    this.host.inFlight -= 1;
    this.host.speed = answeredMs !== undefined && answeredMs <= PROMPT_MS ? 'prompt' : 'slow';
  }

  /** To be called if the delivery was aborted, which says nothing about the host. */
  release(): void {
    this.host.inFlight -= 1;
  }
}
