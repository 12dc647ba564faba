import { Inject, Injectable, Logger } from '@nestjs/common';

/** The part of `EventEmitter2` that is used. */
export interface EventSink {
  emitAsync(event: string, payload: object): Promise<unknown>;
}

export const EVENT_SINK = Symbol('EVENT_SINK');
/** Provides the name of the module's instance, or undefined. */
export const INSTANCE_NAME = Symbol('INSTANCE_NAME');

/** The prefix of the names of our events, so that they are not taken for the application's own. */
const PREFIX = 'shelfline.';

/**
 * Publishes events to listeners in this process. The caller never waits for a listener, and an error of a
 * listener is only logged.
 */
@Injectable()
export class DomainEvents {
  private readonly logger = new Logger('DomainEvents');

  constructor(
    @Inject(EVENT_SINK) private readonly sink: EventSink | undefined,
    @Inject(INSTANCE_NAME) private readonly instance: string | undefined,
  ) {}

  /** Whether there may be listeners. */
  get hasListeners(): boolean {
    return this.sink !== undefined;
  }

  /**
   * Emits an event of a committed change, and emits it again under its name of earlier releases. A payload of a named
   * instance says which.
   */
  publish(event: string, change: object): void {
    if (this.sink === undefined) return;
    const payload = this.instance === undefined ? change : { ...change, instance: this.instance };
    setImmediate(() => {
      void this.emit(event, payload);
      if (event.startsWith(PREFIX)) void this.emit(event.slice(PREFIX.length), payload);
    });
  }

  private async emit(event: string, payload: object): Promise<void> {
    try {
      await this.sink?.emitAsync(event, payload);
    } catch (error) {
      this.logger.warn({
        event: 'listener_failed',
        of: event,
        error: error instanceof Error ? error.message : String(error),
      });
    }
  }
}
