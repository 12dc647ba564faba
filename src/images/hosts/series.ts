import type { HeldBack, HostRefused } from './held-back.js';
import type { Claimant } from './host-slots.js';

/** Images of one host that stand in the line as one: each is begun when a slot is granted. */
export class Series implements Claimant {
  /** Resolves when all of them have ended, or have been given up; rejects with the first fault of one. */
  readonly ended: Promise<void>;
  private readonly end = Promise.withResolvers<void>();
  /** The last of them comes first here. */
  private readonly left: string[];
  private open: number;

  /**
   * @param begin tries at one for which a slot was granted, and gives that back
   * @param hold what becomes of one that was refused
   */
  constructor(
    urls: readonly string[],
    private readonly begin: (url: string) => Promise<void>,
    private readonly hold: (url: string, reason: HeldBack | HostRefused) => Promise<void>,
  ) {
    this.ended = this.end.promise;
    this.left = urls.toReversed();
    this.open = urls.length;
  }

  get size(): number {
    return this.left.length;
  }

  grant(): boolean {
    return this.next((url) => this.begin(url));
  }

  refuse(reason: HeldBack | HostRefused): boolean {
    return this.next((url) => this.hold(url, reason));
  }

  giveUp(): void {
    this.close(this.left.splice(0).length);
  }

  private next(work: (url: string) => Promise<void>): boolean {
    const url = this.left.pop();
    if (url !== undefined) work(url).then(() => this.close(1), this.end.reject);
    return this.left.length > 0;
  }

  private close(images: number): void {
    this.open -= images;
    if (this.open === 0) this.end.resolve();
  }
}
