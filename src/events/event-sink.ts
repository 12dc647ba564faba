import type { FactoryProvider } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { EVENT_SINK, type EventSink } from './domain-events.js';

/**
 * The application's `EventEmitter2`, if it has one. `@nestjs/event-emitter` need not be installed. Nest may
 * register listeners after the first events, so events wait until the listeners are ready.
 */
export const eventSink: FactoryProvider<EventSink | undefined> = {
  provide: EVENT_SINK,
  inject: [ModuleRef],
  useFactory: async (modules: ModuleRef) => {
    const installed = await emitterPackage();
    try {
      if (installed === undefined) return undefined;
      const emitter = modules.get<EventSink>(installed.EventEmitter2, { strict: false });
      const listeners = modules.get(installed.EventEmitterReadinessWatcher, { strict: false });
      return {
        emitAsync: async (event, payload) => {
          await listeners.waitUntilReady();
          return emitter.emitAsync(event, payload);
        },
      };
    } catch {
      // Installed, but not used by this application.
      return undefined;
    }
  },
};

type EmitterPackage = typeof import('@nestjs/event-emitter');

/** The codes of a package that is not installed: those of Node, and of Jest and webpack. */
const NOT_INSTALLED: ReadonlySet<unknown> = new Set(['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND']);

async function emitterPackage(): Promise<EmitterPackage | undefined> {
  try {
    return await import('@nestjs/event-emitter');
  } catch (error) {
    // In Jest it is an error of another realm, and so no instance of Error here.
    const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
    if (NOT_INSTALLED.has(code)) return undefined;
    throw error;
  }
}
