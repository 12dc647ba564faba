import type { FactoryProvider } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { EVENT_SINK, type EventSink } from './domain-events.js';

/** The application's `EventEmitter2`, where it has one: `@nestjs/event-emitter` need not be installed. */
export const eventSink: FactoryProvider<EventSink | undefined> = {
  provide: EVENT_SINK,
  inject: [ModuleRef],
  useFactory: async (modules: ModuleRef) => {
    const emitter = await emitterClass();
    try {
      return emitter && modules.get<EventSink>(emitter, { strict: false });
    } catch {
      // Installed, but no part of this application.
      return undefined;
    }
  },
};

type EmitterClass = typeof import('@nestjs/event-emitter').EventEmitter2;

async function emitterClass(): Promise<EmitterClass | undefined> {
  try {
    return (await import('@nestjs/event-emitter')).EventEmitter2;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND') return undefined;
    throw error;
  }
}
