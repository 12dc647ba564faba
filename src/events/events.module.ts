import { type DynamicModule, Module } from '@nestjs/common';
import { EventStreams } from './event-streams.js';

/** Event streams, without routes. */
@Module({ providers: [EventStreams], exports: [EventStreams] })
export class EventsModule {
  /** @param imports modules that provide `EVENTS_OPTIONS` */
  static using(...imports: DynamicModule[]): DynamicModule {
    return { module: EventsModule, imports };
  }
}
