import { Inject, Injectable, Logger } from '@nestjs/common';

/** Where events go: an `EventEmitter2`, as far as it is needed. */
export interface EventSink {
  emitAsync(event: string, payload: object): Promise<unknown>;
}

export const EVENT_SINK = Symbol('EVENT_SINK');

/** Tells listeners in this process of what is done in it: whatever they do, nothing here waits or fails for it. */
@Injectable()
export class DomainEvents {
  private readonly logger = new Logger('DomainEvents');

  constructor(@Inject(EVENT_SINK) private readonly sink: EventSink | undefined) {}

  /** Whether anybody may be listening. */
  get areHeard(): boolean {
    return this.sink !== undefined;
  }

  /** Tells of what has been committed. */
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
