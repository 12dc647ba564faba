import { beforeEach, describe, expect, it } from '@jest/globals';
import { VirtualClock } from '../../../test/support/simulated-hosts.js';
import type { Claimant } from './claimant.js';
import { HostUnansweredError } from './host-errors.js';
import { HostSlots } from './host-slots.js';
import { FIRST_ANSWER_MS } from './host.js';

/** A batch's images of one host. */
class Batch implements Claimant {
  granted = 0;
  readonly reasons: unknown[] = [];

  constructor(private readonly images: number) {}

  get size(): number {
    return this.images - this.granted - this.reasons.length;
  }

  get newSize(): number {
    return this.size;
  }

  grant(): boolean {
    this.granted += 1;
    return this.size > 0;
  }

  refuse(reason: unknown): boolean {
    this.reasons.push(reason);
    return this.size > 0;
  }

  abort(): void {
    throw new Error('nobody aborts');
  }
}

describe('the first answer of a host', () => {
  let clock: VirtualClock;
  let slots: HostSlots;

  beforeEach(() => {
    clock = new VirtualClock();
    slots = new HostSlots(64, 16, { clock });
  });

  function claim(job: string): Batch {
    const batch = new Batch(50);
    slots.enqueue('a', batch, undefined, job);
    return batch;
  }

  const answered = { kind: 'answered', tookMs: 20, latencyMs: 20, requests: 1 } as const;

  it('is waited for by one batch of each job when it is late', () => {
    const [first, second, other] = [claim('one'), claim('one'), claim('other')];
    clock.run(FIRST_ANSWER_MS + 1);
    expect(first).toMatchObject({ granted: 4, reasons: [] });
    expect(second.reasons).toHaveLength(50);
    expect(second.reasons[0]).toBeInstanceOf(HostUnansweredError);
    expect(other.reasons).toEqual([]);
  });

  it('is waited for by no batch of those jobs that comes later, and by one of another', () => {
    claim('one');
    clock.run(FIRST_ANSWER_MS);
    const [late, other] = [claim('one'), claim('other')];
    expect(late.reasons).toHaveLength(50);
    expect(other.reasons).toEqual([]);
  });

  it('is waited for by images that are of no batch', () => {
    const images = [new Batch(5), new Batch(5)];
    for (const image of images) slots.enqueue('a', image);
    clock.run(FIRST_ANSWER_MS + 1);
    expect(images.flatMap(({ reasons }) => reasons)).toEqual([]);
  });

  it('is waited for by everybody while there is time', () => {
    const batches = [claim('one'), claim('one')];
    clock.run(FIRST_ANSWER_MS - 1);
    expect(batches.flatMap(({ reasons }) => reasons)).toEqual([]);
  });

  it('lets everybody wait once it has come', () => {
    const batches = [claim('one'), claim('one')];
    clock.run(FIRST_ANSWER_MS - 1);
    slots.release('a', answered);
    clock.run(10 * FIRST_ANSWER_MS);
    batches.push(claim('one'));
    expect(batches.flatMap(({ reasons }) => reasons)).toEqual([]);
  });
});
