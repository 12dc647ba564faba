import { Logger } from '@nestjs/common';
import type { StreamEvent } from './stream-event.js';

/** Interval between reads, in milliseconds. People cannot follow more than three updates a second. */
const INTERVAL_MS = 300;
/** Pause after a failed read, in milliseconds. */
const OUTAGE_MS = 1_000;

/** Receives states. */
export interface Listener {
  send(event: StreamEvent): void;
}

/** A key and its state; undefined if the key does not exist. */
export type StateOfKey = readonly [key: string, state: StreamEvent | undefined];

/** The source of the states. */
export interface StateSource {
  /** Reads the current state of each key, in parts. The state is undefined if the key does not exist. */
  read(keys: readonly string[]): AsyncIterable<readonly StateOfKey[]>;
  /** Returns the event for a key that no longer exists. */
  gone(key: string): StreamEvent;
}

interface Watched {
  /** The last state that was sent to the listeners. */
  lastSent: string | undefined;
  /** The listeners: undefined if they have a state, else a promise of their first state. */
  readonly listeners: Map<Listener, FirstState | undefined>;
}

/** A promise of the first state, which must be read after the listener joined. */
interface FirstState extends PromiseWithResolvers<StreamEvent | undefined> {
  /** Number of reads that had begun when the listener joined. */
  readonly since: number;
}

/**
 * Sends listeners the current state of a key, and then each change. All keys with listeners are read together,
 * one read at a time, a few times a second, whatever the number of listeners. Without listeners nothing is
 * read. A failed read is logged once and repeated; listeners stay.
 */
export class StateWatcher {
  private readonly logger = new Logger('Events');
  private readonly watched = new Map<string, Watched>();
  /** Keys with a listener that waits for its first state. */
  private readonly awaited = new Set<string>();
  private timer: NodeJS.Timeout | undefined;
  private isReading = false;
  private readings = 0;
  /** When all keys are read again. */
  private due = 0;
  private isFailing = false;

  constructor(
    private readonly source: StateSource,
    private readonly intervalMs = INTERVAL_MS,
  ) {}

  /**
   * Adds a listener. Returns the state of the key, read after this call; undefined if the key does not exist.
   * The listener then receives each changed state, until the last one or {@link leave}.
   *
   * @throws the error of the source
   */
  async join(key: string, listener: Listener): Promise<StreamEvent | undefined> {
    const watched = this.watched.get(key) ?? { lastSent: undefined, listeners: new Map() };
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
    this.removeIfUnused(key, watched);
  }

  /** Schedules the next read: at once if a listener waits, else when it is due. */
  private plan(): void {
    if (this.isReading) return;
    clearTimeout(this.timer);
    if (this.watched.size === 0) return;
    const inMs = this.awaited.size > 0 ? 0 : Math.max(0, this.due - performance.now());
    this.timer = setTimeout(() => void this.read(), inMs);
  }

  private async read(): Promise<void> {
    // A timer may fire a little early.
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
    const { lastSent, listeners } = watched;
    watched.lastSent = state?.text;
    const isOver = state === undefined || state.isLast;
    for (const [listener, first] of listeners) {
      // A listener that joined during this read waits for the next one.
      if (first !== undefined && first.since === this.readings) continue;
      if (isOver) listeners.delete(listener);
      else listeners.set(listener, undefined);
      if (first !== undefined) first.resolve(state);
      else if (state === undefined) listener.send(this.source.gone(key));
      else if (state.text !== lastSent) listener.send(state);
    }
    this.removeIfUnused(key, watched);
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
      this.removeIfUnused(key, watched);
    }
  }

  private removeIfUnused(key: string, { listeners }: Watched): void {
    if (listeners.size > 0) return;
    this.watched.delete(key);
    this.awaited.delete(key);
    if (this.watched.size === 0) this.plan();
  }
}
