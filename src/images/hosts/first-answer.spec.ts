import { beforeEach, describe, expect, it } from '@jest/globals';
import { VirtualClock } from '../../../test/support/simulated-hosts.js';
import type { SlotRequest } from './slot-request.js';
import { HostUnansweredError } from './deferral-errors.js';
import { HostSlots } from './host-slots.js';
import { FIRST_ANSWER_MS } from './host.js';

/** Images of one host in one batch. */
class Batch implements SlotRequest {
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

  sendBack(reason: unknown): boolean {
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

  function enqueue(job: string): Batch {
    const batch = new Batch(50);
    slots.enqueue('a', batch, undefined, job);
    return batch;
  }

  const answered = { kind: 'answered', tookMs: 20, latencyMs: 20, requests: 1 } as const;

  it('is waited for by one batch of each job when it is late', () => {
    const [first, second, other] = [enqueue('one'), enqueue('one'), enqueue('other')];
    clock.run(FIRST_ANSWER_MS + 1);
    expect(first).toMatchObject({ granted: 4, reasons: [] });
    expect(second.reasons).toHaveLength(50);
    expect(second.reasons[0]).toBeInstanceOf(HostUnansweredError);
    expect(other.reasons).toEqual([]);
  });

  it('is waited for by no later batch of those jobs, and by one batch of another job', () => {
    enqueue('one');
    clock.run(FIRST_ANSWER_MS);
    const [late, other] = [enqueue('one'), enqueue('other')];
    expect(late.reasons).toHaveLength(50);
    expect(other.reasons).toEqual([]);
  });

  it('is waited for by images without a batch', () => {
    const images = [new Batch(5), new Batch(5)];
    for (const image of images) slots.enqueue('a', image);
    clock.run(FIRST_ANSWER_MS + 1);
    expect(images.flatMap(({ reasons }) => reasons)).toEqual([]);
  });

  it('is waited for by all batches before it is late', () => {
    const batches = [enqueue('one'), enqueue('one')];
    clock.run(FIRST_ANSWER_MS - 1);
    expect(batches.flatMap(({ reasons }) => reasons)).toEqual([]);
  });

  it('lets all batches wait once it has arrived', () => {
    const batches = [enqueue('one'), enqueue('one')];
    clock.run(FIRST_ANSWER_MS - 1);
    slots.release('a', answered);
    clock.run(10 * FIRST_ANSWER_MS);
    batches.push(enqueue('one'));
    expect(batches.flatMap(({ reasons }) => reasons)).toEqual([]);
  });
});
