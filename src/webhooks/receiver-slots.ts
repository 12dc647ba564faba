/** An answer within so many milliseconds shows a host that keeps nobody waiting. */
const PROMPT_MS = 1_000;
/** Hosts that this process remembers. */
const MAX_HOSTS = 1_000;

/** Webhooks that one process delivers at once. */
export const CALLBACK_LANES = 8;
/** Lanes for one host that was not asked yet. */
const UNKNOWN_HOST_LANES = 3;
/** Lanes for all hosts together that were slow or silent last. */
const SLOW_HOSTS_LANES = 3;
/** Lanes for one host that answered promptly last. */
const PROMPT_HOST_LANES = 6;
/** Lanes for all hosts together that are not known to be prompt. The others are left for prompt hosts. */
const UNPROVEN_HOSTS_LANES = 6;

/** How a host answered last. */
type Speed = 'unknown' | 'slow' | 'prompt';

interface Host {
  speed: Speed;
  inFlight: number;
}

/**
 * Limits how many lanes of this process deliver to one host, and to all slow hosts together. So receivers that do not answer
 * leave lanes for the others. A webhook that gets no slot is put off: it holds no lane, and that is no attempt.
 */
export class ReceiverSlots {
  private readonly hosts = new Map<string, Host>();

  /** A slot of a host; undefined where none is free. */
  acquire(name: string): ReceiverSlot | undefined {
    const host = this.hosts.get(name) ?? { speed: 'unknown', inFlight: 0 };
    if (!this.hasRoom(host)) return undefined;
    // The host that was asked last is forgotten last.
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

/** One delivery in flight. It ends with {@link end} or {@link release}. */
export class ReceiverSlot {
  constructor(private readonly host: Host) {}

  /** @param answeredMs how long the answer took, whatever its status; undefined where there was none */
  end(answeredMs: number | undefined): void {
    this.host.inFlight -= 1;
    this.host.speed = answeredMs !== undefined && answeredMs <= PROMPT_MS ? 'prompt' : 'slow';
  }

  /** The delivery was aborted, which says nothing about the host. */
  release(): void {
    this.host.inFlight -= 1;
  }
}
