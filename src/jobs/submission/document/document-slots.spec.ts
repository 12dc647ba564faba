import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { DocumentSlots, type Release } from './document-slots.js';

const never = new AbortController().signal;

/** Asks for slots one after the other; says who has got one, in that order. */
function asking(slots: DocumentSlots): {
  readonly got: string[];
  readonly releases: Release[];
  readonly ask: (caller: string, signal?: AbortSignal) => Promise<void>;
} {
  const got: string[] = [];
  const releases: Release[] = [];
  const ask = async (caller: string, signal = never): Promise<void> => {
    releases.push(await slots.acquire(caller, signal));
    got.push(caller);
  };
  return { got, releases, ask };
}

describe('slots for large documents', () => {
  it('are never all held by one caller', async () => {
    const { got, ask } = asking(new DocumentSlots(2));
    void ask('a');
    void ask('a');
    await setImmediate();
    expect(got).toEqual(['a']);
    await ask('b');
    expect(got).toEqual(['a', 'b']);
  });

  it('go to callers in rotation, however many one of them waits with', async () => {
    const { got, releases, ask } = asking(new DocumentSlots(1));
    for (const caller of ['a', 'a', 'a', 'b', 'c', 'b']) void ask(caller);
    await setImmediate();
    for (let n = 0; n < 6; n += 1) {
      releases[n]?.();
      await setImmediate();
    }
    expect(got).toEqual(['a', 'a', 'b', 'c', 'a', 'b']);
  });

  it('are released once, however often that is called', async () => {
    const { got, releases, ask } = asking(new DocumentSlots(1));
    await ask('a');
    void ask('b');
    void ask('c');
    releases[0]?.();
    releases[0]?.();
    await setImmediate();
    expect(got).toEqual(['a', 'b']);
  });

  it('are waited for no longer than until the signal aborts', async () => {
    const { got, releases, ask } = asking(new DocumentSlots(1));
    await ask('a');
    const abort = new AbortController();
    const aborted = ask('b', abort.signal);
    void ask('c');
    abort.abort(new Error('gone'));
    await expect(aborted).rejects.toThrow('gone');
    await expect(ask('b', abort.signal)).rejects.toThrow('gone');
    releases[0]?.();
    await setImmediate();
    expect(got).toEqual(['a', 'c']);
  });
});
