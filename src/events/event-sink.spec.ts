import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { Inject, Injectable, Module, type OnApplicationBootstrap } from '@nestjs/common';
import { EventEmitterModule, OnEvent } from '@nestjs/event-emitter';
import { Test } from '@nestjs/testing';
import { DomainEvents, INSTANCE_NAME } from './domain-events.js';
import { eventSink } from './event-sink.js';

@Injectable()
class Listener {
  readonly heard: object[] = [];

  @OnEvent('job.finished')
  onFinished(event: object): void {
    this.heard.push(event);
  }
}

/** A worker that goes on with what was left of before, and ends it at once. */
@Injectable()
class Worker implements OnApplicationBootstrap {
  constructor(@Inject(DomainEvents) private readonly events: DomainEvents) {}

  async onApplicationBootstrap(): Promise<void> {
    this.events.publish('job.finished', { job_id: 'job_1' });
    await setImmediate();
  }
}

@Module({
  providers: [Worker, DomainEvents, eventSink, { provide: INSTANCE_NAME, useFactory: () => undefined }],
})
class WorkerModule {}

@Module({ imports: [WorkerModule] })
class PlatformPart {}

describe('the event emitter of a platform', () => {
  it.each([true, false])(
    'has listeners before it is told of anything, as a global module or not: %s',
    async (global) => {
      const testing = await Test.createTestingModule({
        imports: [EventEmitterModule.forRoot({ global }), PlatformPart],
        providers: [Listener],
      }).compile();
      await testing.init();
      await setImmediate();
      expect(testing.get(Listener).heard).toEqual([{ job_id: 'job_1' }]);
      await testing.close();
    },
  );

  it('need not exist', async () => {
    const testing = await Test.createTestingModule({ imports: [PlatformPart] }).compile();
    await testing.init();
    expect(testing.get(DomainEvents, { strict: false }).hasListeners).toBe(false);
    await testing.close();
  });
});
