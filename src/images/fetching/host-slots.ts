/** A caller that waits. */
interface Waiter {
  readonly grant: () => void;
}

interface Host {
  active: number;
  readonly waiting: Set<Waiter>;
}

/**
 * Slots for downloads: so many in all, so many for one host. Hosts take turns, so that the images of a slow host wait
 * for each other and for nobody else; within a host the first come is the first served. A host with nothing in flight
 * and nobody waiting is forgotten.
 */
export class HostSlots {
  private active = 0;
  /** In the order of their turns. */
  private readonly hosts = new Map<string, Host>();

  constructor(
    private readonly limit: number,
    private readonly hostLimit: number,
  ) {}

  /** Hosts that are remembered now. */
  get size(): number {
    return this.hosts.size;
  }

  /** Resolves when a slot is free; who got it has to {@link release} it. Rejects with the signal's reason. */
  acquire(name: string, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted === true) return Promise.reject<void>(signal.reason);
    let host = this.hosts.get(name);
    if (host === undefined) this.hosts.set(name, (host = { active: 0, waiting: new Set() }));
    if (this.active < this.limit && host.active < this.hostLimit && host.waiting.size === 0) {
      this.take(host);
      return Promise.resolve();
    }
    return this.wait(name, host, signal);
  }

  /** Gives a slot back, to whoever waits for it. */
  release(name: string): void {
    const host = this.hosts.get(name);
    if (host === undefined || host.active === 0) return;
    host.active -= 1;
    this.active -= 1;
    this.forget(name, host);
    this.grantNext();
  }

  private wait(name: string, host: Host, signal: AbortSignal | undefined): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      const waiter: Waiter = {
        grant: () => {
          signal?.removeEventListener('abort', giveUp);
          resolve();
        },
      };
      const giveUp = (): void => {
        host.waiting.delete(waiter);
        this.forget(name, host);
        reject(signal?.reason);
      };
      host.waiting.add(waiter);
      signal?.addEventListener('abort', giveUp, { once: true });
    });
  }

  /** Gives the free slot to the first host in turn that has somebody waiting and room; its next turn is the last. */
  private grantNext(): void {
    if (this.active >= this.limit) return;
    for (const [name, host] of this.hosts) {
      const [waiter] = host.waiting;
      if (waiter === undefined || host.active >= this.hostLimit) continue;
      host.waiting.delete(waiter);
      this.hosts.delete(name);
      this.hosts.set(name, host);
      this.take(host);
      waiter.grant();
      return;
    }
  }

  private take(host: Host): void {
    host.active += 1;
    this.active += 1;
  }

  private forget(name: string, host: Host): void {
    if (host.active === 0 && host.waiting.size === 0) this.hosts.delete(name);
  }
}
