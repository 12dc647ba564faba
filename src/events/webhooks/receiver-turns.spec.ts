import { describe, expect, it } from '@jest/globals';
import { CALLBACK_LANES, ReceiverTurns, type Turn } from './receiver-turns.js';

/** Begins deliveries until one is put off, or all lanes are taken. */
function beginAll(turns: ReceiverTurns, host: string): Turn[] {
  const begun: Turn[] = [];
  while (begun.length < CALLBACK_LANES) {
    const turn = turns.begin(host);
    if (turn === undefined) break;
    begun.push(turn);
  }
  return begun;
}

/** A host that has answered so. */
function known(turns: ReceiverTurns, host: string, answeredMs: number | undefined): void {
  turns.begin(host)?.end(answeredMs);
}

describe('the turns of receivers', () => {
  it.each([
    ['that is not known', undefined, 3],
    ['that is prompt', 20, 6],
    ['that is slow', 5_000, 3],
    ['that does not answer', 'silent', 3],
  ] as const)('leave lanes free beside a host %s', (_which, answeredMs, lanes) => {
    const turns = new ReceiverTurns();
    if (answeredMs !== undefined) known(turns, 'a', answeredMs === 'silent' ? undefined : answeredMs);
    expect(beginAll(turns, 'a')).toHaveLength(lanes);
  });

  it('are few for all hosts together that do not answer, and the others have theirs', () => {
    const turns = new ReceiverTurns();
    for (const host of ['a', 'b', 'c']) known(turns, host, undefined);
    known(turns, 'd', 20);
    const slow = ['a', 'b', 'c'].flatMap((host) => turns.begin(host) ?? []);
    expect(slow).toHaveLength(3);
    expect(turns.begin('a')).toBeUndefined();
    expect(beginAll(turns, 'd')).toHaveLength(6);
    slow[0]?.end(undefined);
    expect(turns.begin('b')).toBeDefined();
  });

  it('are not all for hosts of which nothing is known, however many there are', () => {
    const turns = new ReceiverTurns();
    known(turns, 'silent', undefined);
    const hosts = Array.from({ length: CALLBACK_LANES }, (_, n) => `new-${n}`);
    const begun = hosts.flatMap((host) => turns.begin(host) ?? []);
    expect(begun).toHaveLength(6);
    expect(turns.begin('silent')).toBeUndefined();
    begun[0]?.end(undefined);
    begun[1]?.end(20);
    expect(turns.begin('new-7')).toBeDefined();
    expect(turns.begin('silent')).toBeDefined();
    expect(turns.begin('another')).toBeUndefined();
  });

  it('follow what a host did last, and what was broken off says nothing of it', () => {
    const turns = new ReceiverTurns();
    known(turns, 'a', undefined);
    known(turns, 'a', 20);
    turns.begin('a')?.leave();
    expect(beginAll(turns, 'a')).toHaveLength(6);
  });

  it('forget the hosts that were asked longest ago, but none that is being asked', () => {
    const turns = new ReceiverTurns();
    const held = beginAll(turns, 'held');
    known(turns, 'old', 20);
    for (let n = 0; n < 1_000; n += 1) known(turns, `host-${n}`, 20);
    expect(turns.begin('held')).toBeUndefined();
    expect(beginAll(turns, 'old')).toHaveLength(3);
    held[0]?.end(20);
    expect(turns.begin('held')).toBeDefined();
  });
});
