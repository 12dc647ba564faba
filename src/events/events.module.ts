import { type DynamicModule, Module } from '@nestjs/common';
import { DomainEvents } from './domain-events.js';
import { eventSink } from './event-sink.js';
import { EventStreams } from './event-streams.js';

/** Domain events, and event streams without routes. */
@Module({ providers: [EventStreams, DomainEvents, eventSink], exports: [EventStreams, DomainEvents] })
export class EventsModule {
  /** @param imports modules that provide `EVENTS_OPTIONS` */
  static using(...imports: DynamicModule[]): DynamicModule {
    return { module: EventsModule, imports };
  }
}
