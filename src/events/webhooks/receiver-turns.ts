/** An answer within so many milliseconds shows a host that keeps nobody waiting. */
const PROMPT_MS = 1_000;
/** Hosts that are remembered. */
const MAX_HOSTS = 1_000;

/** Lanes that deliver side by side. */
export const CALLBACK_LANES = 8;
/** Of these, most for one host of which nothing is known, for all hosts together that were slow or silent last, and for one that is prompt. */
const UNKNOWN_HOST_LANES = 3;
const SLOW_HOSTS_LANES = 3;
const PROMPT_HOST_LANES = 6;
/** And for all hosts together that are not known to be prompt, however many new ones there are: the rest are for those that are. */
const UNPROVEN_HOSTS_LANES = 6;

type Manner = 'unknown' | 'slow' | 'prompt';

interface Host {
  manner: Manner;
  inFlight: number;
}

/**
 * Sees to it that receivers which don't answer leave lanes for the others, in one process. Whoever may not begin is put
 * off, which holds no lane and counts as no try.
 */
export class ReceiverTurns {
  private readonly hosts = new Map<string, Host>();

  /** Takes a turn at a host; undefined: put it off. */
  begin(name: string): Turn | undefined {
    const host = this.hosts.get(name) ?? { manner: 'unknown', inFlight: 0 };
    if (!this.mayBegin(host)) return undefined;
    // Those that were asked last are the last to be forgotten.
    this.hosts.delete(name);
    this.hosts.set(name, host);
    this.forgetSome();
    host.inFlight += 1;
    return new Turn(host);
  }

  private mayBegin({ manner, inFlight }: Host): boolean {
    if (manner === 'prompt') return inFlight < PROMPT_HOST_LANES;
    const slow = this.inFlightAt('slow');
    if (slow + this.inFlightAt('unknown') >= UNPROVEN_HOSTS_LANES) return false;
    return manner === 'slow' ? slow < SLOW_HOSTS_LANES : inFlight < UNKNOWN_HOST_LANES;
  }

  private inFlightAt(manner: Manner): number {
    let inFlight = 0;
    for (const host of this.hosts.values()) if (host.manner === manner) inFlight += host.inFlight;
    return inFlight;
  }

  private forgetSome(): void {
    for (const [name, host] of this.hosts) {
      if (this.hosts.size <= MAX_HOSTS) return;
      if (host.inFlight === 0) this.hosts.delete(name);
    }
  }
}

/** A delivery in flight. */
export class Turn {
  constructor(private readonly host: Host) {}

  /** @param answeredMs how long the answer took, whatever it was; undefined: there was none */
  end(answeredMs: number | undefined): void {
    this.host.inFlight -= 1;
    this.host.manner = answeredMs !== undefined && answeredMs <= PROMPT_MS ? 'prompt' : 'slow';
  }

  /** It was broken off, which says nothing of the host. */
  leave(): void {
    this.host.inFlight -= 1;
  }
}
