import { afterEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { type Listener, type StateOfKey, StateWatcher } from './state-watcher.js';
import { type StreamEvent, streamEvent } from './stream-event.js';

/** How things stand, readable when the test says so. */
class Things {
  readonly states = new Map<string, StreamEvent>();
  /** The keys of each reading. */
  readonly readings: string[][] = [];
  /** Thrown by the next readings. */
  failure: Error | undefined;
  /** Resolves readings that are held. */
  private held: PromiseWithResolvers<void> | undefined;
  private begun: PromiseWithResolvers<void> = Promise.withResolvers();

  set(key: string, n: number, isLast = false): void {
    this.states.set(key, streamEvent('state', { n }, { isLast }));
  }

  async *read(keys: readonly string[]): AsyncGenerator<StateOfKey[]> {
    this.readings.push([...keys]);
    const states = keys.map((key): StateOfKey => [key, this.states.get(key)]);
    this.begun.resolve();
    this.begun = Promise.withResolvers();
    await this.held?.promise;
    if (this.failure !== undefined) throw this.failure;
    // In two parts, as those of ended jobs come.
    yield states.slice(0, 1);
    yield states.slice(1);
  }

  gone(key: string): StreamEvent {
    return streamEvent('gone', { key }, { isLast: true });
  }

  hold(): () => void {
    const held = Promise.withResolvers<void>();
    this.held = held;
    return () => {
      this.held = undefined;
      held.resolve();
    };
  }

  /** When the next reading has begun. */
  async reading(): Promise<void> {
    await this.begun.promise;
  }
}

/** Keeps what it is sent. */
class Ear implements Listener {
  readonly heard: string[] = [];
  private next = Promise.withResolvers<void>();

  send({ text }: StreamEvent): void {
    this.heard.push(text);
    this.next.resolve();
    this.next = Promise.withResolvers();
  }

  async hears(): Promise<void> {
    await this.next.promise;
  }
}

const state = (n: number): string => streamEvent('state', { n }).text;

describe('a watcher of states', () => {
  let things = new Things();
  const ears: [StateWatcher, string, Ear][] = [];

  function watcher(): StateWatcher {
    things = new Things();
    return new StateWatcher(things, 1);
  }

  async function join(on: StateWatcher, key: string): Promise<{ ear: Ear; first: StreamEvent | undefined }> {
    const ear = new Ear();
    ears.push([on, key, ear]);
    return { ear, first: await on.join(key, ear) };
  }

  afterEach(() => {
    for (const [on, key, ear] of ears.splice(0)) on.leave(key, ear);
  });

  it('sends each of 200 listeners every change, and reads once for all of them', async () => {
    const watching = watcher();
    things.set('a', 0);
    const joined = await Promise.all(Array.from({ length: 200 }, async () => join(watching, 'a')));
    expect(things.readings).toHaveLength(1);
    expect(joined.map(({ first }) => first?.text)).toEqual(Array(200).fill(state(0)));
    for (const n of [1, 2, 3]) {
      const heard = Promise.all(joined.map(async ({ ear }) => ear.hears()));
      things.set('a', n);
      await heard;
    }
    for (const { ear } of joined) expect(ear.heard).toEqual([state(1), state(2), state(3)]);
    expect(things.readings.every((keys) => keys.length === 1)).toBe(true);
  });

  it('reads all keys at once, and sends nothing for unchanged ones', async () => {
    const watching = watcher();
    things.set('a', 0);
    things.set('b', 0);
    const [a, b] = [await join(watching, 'a'), await join(watching, 'b')];
    const heard = a.ear.hears();
    things.set('a', 1);
    await heard;
    expect(things.readings.at(-1)).toEqual(['a', 'b']);
    expect(b.ear.heard).toEqual([]);
  });

  it('reads nothing after the last listener left or got the last state', async () => {
    const watching = watcher();
    things.set('a', 0);
    const { ear } = await join(watching, 'a');
    things.set('b', 7, true);
    expect((await join(watching, 'b')).first?.isLast).toBe(true);
    await things.reading();
    await things.reading();
    expect(things.readings.at(-1)).toEqual(['a']);
    const heard = ear.hears();
    things.set('a', 1, true);
    await heard;
    const { length } = things.readings;
    // Whoever joins causes the one reading that there is from here on.
    things.set('c', 0, true);
    await join(watching, 'c');
    expect(things.readings.slice(length)).toEqual([['c']]);
  });

  it('gives a listener that joins during a read the state of a later read', async () => {
    const watching = watcher();
    things.set('a', 0);
    const release = things.hold();
    const begun = things.reading();
    const first = join(watching, 'a');
    await begun;
    things.set('a', 1);
    const second = join(watching, 'a');
    release();
    expect((await first).first?.text).toBe(state(0));
    expect((await second).first?.text).toBe(state(1));
    expect((await first).ear.heard).toEqual([state(1)]);
    expect((await second).ear.heard).toEqual([]);
  });

  it('sends that a key no longer exists, and returns undefined for one that never did', async () => {
    const watching = watcher();
    things.set('a', 0);
    const { ear } = await join(watching, 'a');
    expect((await join(watching, 'b')).first).toBeUndefined();
    const heard = ear.hears();
    things.states.clear();
    await heard;
    expect(ear.heard).toEqual([things.gone('a').text]);
  });

  it('keeps its listeners when a read fails, and rejects those that wait for a first state', async () => {
    Logger.overrideLogger(false);
    const watching = watcher();
    things.set('a', 0);
    const { ear } = await join(watching, 'a');
    things.failure = new Error('away');
    await expect(join(watching, 'a')).rejects.toThrow('away');
    await expect(join(watching, 'b')).rejects.toThrow('away');
    const heard = ear.hears();
    things.failure = undefined;
    things.set('a', 1);
    await heard;
    expect(ear.heard).toEqual([state(1)]);
    Logger.overrideLogger(['fatal', 'error', 'warn', 'log']);
  });

  it('sends nothing to a listener that left while it waited', async () => {
    const watching = watcher();
    things.set('a', 0);
    const release = things.hold();
    const begun = things.reading();
    const joined = join(watching, 'a');
    await begun;
    const [entry] = ears;
    if (entry !== undefined) watching.leave('a', entry[2]);
    release();
    const { first, ear } = await joined;
    expect([first, ear.heard]).toEqual([undefined, []]);
  });
});
