import { Inject, Injectable, Logger } from '@nestjs/common';

/** The part of `EventEmitter2` that is used. */
export interface EventSink {
  emitAsync(event: string, payload: object): Promise<unknown>;
}

export const EVENT_SINK = Symbol('EVENT_SINK');

/**
 * Publishes events to listeners in this process. The caller never waits for a listener, and an error of a
 * listener is only logged.
 */
@Injectable()
export class DomainEvents {
  private readonly logger = new Logger('DomainEvents');

  constructor(@Inject(EVENT_SINK) private readonly sink: EventSink | undefined) {}

  /** Whether there may be listeners. */
  get areHeard(): boolean {
    return this.sink !== undefined;
  }

  /** Publishes an event for a change that was committed. */
  publish(event: string, payload: object): void {
    if (this.sink !== undefined) setImmediate(() => void this.emit(event, payload));
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
