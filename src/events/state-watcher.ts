import { Logger } from '@nestjs/common';
import type { StreamEvent } from './stream-event.js';

/** Between two readings of what is watched, in milliseconds: three a second are as many as eyes can follow. */
const INTERVAL_MS = 300;
/** After a reading that failed, in milliseconds. */
const OUTAGE_MS = 1_000;

/** Whoever hears of states. */
export interface Listener {
  send(event: StreamEvent): void;
}

/** A key and its state. */
export type StateOfKey = readonly [key: string, state: StreamEvent | undefined];

/** Where states come from. */
export interface StateSource {
  /** Reads the current state of each key, in parts. The state is undefined where the key does not exist. */
  read(keys: readonly string[]): AsyncIterable<readonly StateOfKey[]>;
  /** What is told of one that was there and is not any more. */
  gone(key: string): StreamEvent;
}

interface Watched {
  /** What the listeners were told last. */
  told: string | undefined;
  /** Those that were told something already (undefined), and those that wait for it. */
  readonly listeners: Map<Listener, FirstState | undefined>;
}

/** A promise of the first state, which has to be read after it was asked for. */
interface FirstState extends PromiseWithResolvers<StreamEvent | undefined> {
  /** How many readings had been begun. */
  readonly since: number;
}

/**
 * Tells listeners how things stand: at once, and then whenever it changes. Everything that anybody listens to is read in
 * one go, one reading at a time, a few times a second, whatever the number of listeners; while nobody listens nothing is
 * read. A reading that fails is logged once and made again: listeners stay.
 */
export class StateWatcher {
  private readonly logger = new Logger('Events');
  private readonly watched = new Map<string, Watched>();
  /** Keys with a listener that waits for its first state. */
  private readonly awaited = new Set<string>();
  private timer: NodeJS.Timeout | undefined;
  private isReading = false;
  private readings = 0;
  /** When everything is to be read again. */
  private due = 0;
  private isFailing = false;

  constructor(
    private readonly source: StateSource,
    private readonly intervalMs = INTERVAL_MS,
  ) {}

  /**
   * The state of a thing, read after this call; undefined: there is no such thing. From then on the listener is sent each
   * state that differs from the one before, until the last one or {@link leave}.
   *
   * @throws what the source throws
   */
  async join(key: string, listener: Listener): Promise<StreamEvent | undefined> {
    const watched = this.watched.get(key) ?? { told: undefined, listeners: new Map() };
    this.watched.set(key, watched);
    const first = { ...Promise.withResolvers<StreamEvent | undefined>(), since: this.readings };
    watched.listeners.set(listener, first);
    this.awaited.add(key);
    this.plan();
    return first.promise;
  }

  leave(key: string, listener: Listener): void {
    const watched = this.watched.get(key);
    if (watched === undefined) return;
    watched.listeners.get(listener)?.resolve(undefined);
    watched.listeners.delete(listener);
    this.forgetIfUnheard(key, watched);
  }

  /** Sees to the next reading: at once for whoever waits, else when it is due. */
  private plan(): void {
    if (this.isReading) return;
    clearTimeout(this.timer);
    if (this.watched.size === 0) return;
    const inMs = this.awaited.size > 0 ? 0 : Math.max(0, this.due - performance.now());
    this.timer = setTimeout(() => void this.read(), inMs);
  }

  private async read(): Promise<void> {
    // A timer may come a little early.
    const isDue = this.awaited.size === 0 || performance.now() >= this.due;
    const keys = [...(isDue ? this.watched.keys() : this.awaited)];
    this.awaited.clear();
    this.isReading = true;
    this.readings += 1;
    try {
      for await (const states of this.source.read(keys))
        for (const [key, state] of states) this.publish(key, state);
      if (isDue) this.due = performance.now() + this.intervalMs;
      this.isFailing = false;
    } catch (error) {
      this.due = performance.now() + OUTAGE_MS;
      this.refuseWaiting(keys, error);
      if (!this.isFailing) this.logger.warn({ event: 'watching_failed', error: String(error) });
      this.isFailing = true;
    }
    this.isReading = false;
    this.plan();
  }

  private publish(key: string, state: StreamEvent | undefined): void {
    const watched = this.watched.get(key);
    if (watched === undefined) return;
    const { told, listeners } = watched;
    watched.told = state?.text;
    const isOver = state === undefined || state.isLast;
    for (const [listener, first] of listeners) {
      // Whoever came during the reading waits for the next one.
      if (first !== undefined && first.since === this.readings) continue;
      if (isOver) listeners.delete(listener);
      else listeners.set(listener, undefined);
      if (first !== undefined) first.resolve(state);
      else if (state === undefined) listener.send(this.source.gone(key));
      else if (state.text !== told) listener.send(state);
    }
    this.forgetIfUnheard(key, watched);
  }

  private refuseWaiting(keys: readonly string[], error: unknown): void {
    for (const key of keys) {
      const watched = this.watched.get(key);
      if (watched === undefined) continue;
      for (const [listener, first] of watched.listeners) {
        if (first === undefined || first.since === this.readings) continue;
        watched.listeners.delete(listener);
        first.reject(error);
      }
      this.forgetIfUnheard(key, watched);
    }
  }

  private forgetIfUnheard(key: string, { listeners }: Watched): void {
    if (listeners.size > 0) return;
    this.watched.delete(key);
    this.awaited.delete(key);
    if (this.watched.size === 0) this.plan();
  }
}
