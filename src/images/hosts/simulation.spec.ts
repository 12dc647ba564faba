import { describe, expect, it } from '@jest/globals';
import {
  type Answering,
  fixedLatency,
  fixedWindow,
  randomNumbers,
  SimulatedHost,
  SimulatedQueue,
  SimulatedWorker,
  tailedLatency,
  tokenBucket,
  VirtualClock,
  type WorkerOptions,
  workers,
} from '../../../test/support/simulated-hosts.js';

/** Hosts and workers on a simulated clock, on which minutes pass within a moment. */
class Course {
  readonly clock = new VirtualClock();
  readonly queue = new SimulatedQueue();
  readonly workers: SimulatedWorker[];

  constructor(options: WorkerOptions = {}, processes = 1) {
    this.workers = Array.from(
      { length: processes },
      (_, n) => new SimulatedWorker(this.clock, this.queue, { ...options, phaseMs: n * 137 }),
    );
  }

  get done(): number {
    return this.workers.reduce((sum, worker) => sum + worker.done, 0);
  }

  get failed(): number {
    return this.workers.reduce((sum, worker) => sum + worker.failed, 0);
  }

  /** Works until this many images have ended, or for this long. Returns the seconds that it took. */
  until(images: number, seconds = 1_000): number {
    const began = this.clock.now();
    this.clock.run(seconds * 1000, () => this.done + this.failed < images);
    return (this.clock.now() - began) / 1000;
  }

  /** Images a second within this many seconds. */
  rate(seconds: number): number {
    const before = this.done;
    this.clock.run(seconds * 1000);
    return (this.done - before) / seconds;
  }

  limit(host: SimulatedHost): number {
    return Math.max(...this.workers.map((worker) => worker.slots.getLimit(host.name)));
  }
}

function getCourse(
  answering: Answering,
  images: number,
  options: WorkerOptions & { readonly retryAfterMs?: number } = {},
  processes = 1,
): { readonly course: Course; readonly host: SimulatedHost } {
  const course = new Course(options, processes);
  const host = new SimulatedHost('a', answering, options.retryAfterMs ?? null);
  course.queue.enqueue(host, images);
  return { course, host };
}

function p95(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.floor(sorted.length * 0.95)] ?? Number.NaN;
}

const FEW = { limit: 256, hostLimit: 16 };

describe('the concurrency of a host', () => {
  it('is four until it answers, and sixteen then', () => {
    const { course, host } = getCourse(fixedLatency(500), 1_000);
    course.clock.run(400);
    expect(host.inFlight).toBe(4);
    course.clock.run(200);
    expect(host.inFlight).toBe(16);
  });

  it.each([50, 150])('grows to the upper limit where it answers after %d ms', (latencyMs) => {
    const { course } = getCourse(fixedLatency(latencyMs), 60_000);
    course.rate(2);
    expect(course.rate(5)).toBeGreaterThan(0.95 * (128_000 / latencyMs));
  });

  it('does not grow while the slots are not used', () => {
    const course = new Course();
    const host = new SimulatedHost('a', fixedLatency(50));
    for (let n = 0; n < 100; n += 1) {
      course.queue.enqueue(host, 6);
      course.clock.run(600);
    }
    expect(host.served).toBe(600);
    expect(course.limit(host)).toBe(16);
  });

  it('does not slow down a host that answers at once', () => {
    const adaptive = getCourse(fixedLatency(0.1), 40_000).course;
    const fixed = getCourse(fixedLatency(0.1), 40_000, FEW).course;
    expect(adaptive.until(40_000)).toBeLessThan(1.02 * fixed.until(40_000));
    expect(Math.max(...adaptive.workers.map(({ slots }) => slots.getLimit('a')))).toBe(16);
  });

  it('does not grow while the process is too busy for more', () => {
    const { course, host } = getCourse(fixedLatency(20), 40_000, { cpuMs: 2 });
    course.clock.run(20_000);
    expect(course.limit(host)).toBeLessThan(64);
  });

  it.each([
    [8, 20],
    [32, 20],
  ])('keeps the answers of %d workers of %d ms within twice their time, at full speed', (count, ms) => {
    const { course, host } = getCourse(workers(count, ms), 60_000);
    course.rate(2);
    host.latencies.length = 0;
    expect(course.rate(30)).toBeGreaterThan(0.95 * ((count * 1000) / ms));
    expect(p95(host.latencies)).toBeLessThanOrEqual(2 * ms);
  });

  it('keeps them so if its first answers were slow because connections had to be opened', () => {
    const busy = workers(8, 20);
    const { course, host } = getCourse((now, image) => {
      const answer = busy(now, image);
      return now < 300 && answer !== undefined ? { afterMs: answer.afterMs + 30 } : answer;
    }, 60_000);
    course.rate(5);
    host.latencies.length = 0;
    expect(course.rate(10)).toBeGreaterThan(0.95 * 400);
    expect(p95(host.latencies)).toBeLessThanOrEqual(40);
  });

  it.each([0.7, 1])('grows where latency has a long tail (%d), as there is no queue', (sigma) => {
    const { course, host } = getCourse(tailedLatency(30, sigma, randomNumbers(1)), 200_000);
    course.rate(25);
    expect(course.limit(host)).toBeGreaterThan(100);
  });

  it('recovers when a host has become slower for good', () => {
    const { course } = getCourse((now) => ({ afterMs: now > 5_000 ? 150 : 50 }), 100_000);
    course.rate(30);
    expect(course.rate(10)).toBeGreaterThan(0.9 * (128_000 / 150));
  });

  it('is shared by four processes: the host is busy, its queue bounded, and none starves', () => {
    const { course, host } = getCourse(workers(32, 20), 100_000, {}, 4);
    course.rate(2);
    host.latencies.length = 0;
    expect(course.rate(60)).toBeGreaterThan(0.95 * 1_600);
    expect(p95(host.latencies)).toBeLessThan(200);
    for (const { done } of course.workers) expect(done).toBeGreaterThan(0.4 * (course.done / 4));
  });
});

describe('a host that throttles', () => {
  const limits = [200, 100];
  const cases = limits.flatMap((perSecond) =>
    [perSecond, 5].flatMap((burst) =>
      [undefined, 1_000].map((retryAfterMs) => ({ perSecond, burst, retryAfterMs })),
    ),
  );

  it.each(cases)('is served at its own rate, with few refusals: %j', ({ perSecond, burst, retryAfterMs }) => {
    const options = retryAfterMs === undefined ? {} : { retryAfterMs };
    const { course, host } = getCourse(tokenBucket(perSecond, burst, 30), 2_000, options);
    const seconds = course.until(2_000);
    expect([host.served, course.failed]).toEqual([2_000, 0]);
    expect(2_000 / seconds).toBeGreaterThan(0.7 * perSecond);
    expect(host.refusals).toBeLessThan(200);
  });

  it.each([undefined, 1_000])(
    'is served at its own rate where that counts by the second: %d',
    (retryAfterMs) => {
      const options = retryAfterMs === undefined ? {} : { retryAfterMs };
      const { course, host } = getCourse(fixedWindow(100, 1_000, 30), 2_000, options);
      expect(2_000 / course.until(2_000)).toBeGreaterThan(70);
      expect(host.refusals).toBeLessThan(200);
    },
  );

  it('is served at its own rate by four processes, and none starves', () => {
    const { course, host } = getCourse(tokenBucket(100, 100, 30), 6_000, {}, 4);
    expect(6_000 / course.until(6_000)).toBeGreaterThan(70);
    expect(host.refusals).toBeLessThan(600);
    for (const { done } of course.workers) expect(done).toBeGreaterThan(0.4 * (6_000 / 4));
  });

  it('gets more requests when it allows more', () => {
    let perSecond = 50;
    const slow = tokenBucket(50, 5, 30);
    const fast = tokenBucket(400, 5, 30);
    const { course } = getCourse(
      (now, image) => (perSecond === 50 ? slow(now, image) : fast(now, image)),
      20_000,
    );
    course.rate(20);
    perSecond = 400;
    course.rate(30);
    expect(course.rate(10)).toBeGreaterThan(280);
  });

  it('gets no request until its Retry-After has passed', () => {
    const { course, host } = getCourse(() => ({ afterMs: 30, refused: true }), 2_000, {
      retryAfterMs: 60_000,
    });
    course.clock.run(1_000);
    const { requests } = host;
    course.clock.run(58_000);
    expect(host.requests).toBe(requests);
    course.clock.run(62_000);
    expect(host.requests).toBeGreaterThan(requests);
  });

  it('fails its images when it serves nothing for too long, and gets few requests until then', () => {
    const { course, host } = getCourse(() => ({ afterMs: 30, refused: true }), 2_000, {
      patienceMs: 120_000,
    });
    const seconds = course.until(2_000);
    expect([course.failed, course.done]).toEqual([2_000, 0]);
    expect(seconds).toBeGreaterThan(119);
    expect(seconds).toBeLessThan(200);
    expect(host.requests).toBeLessThan(60);
  });

  it.each([61_000, 300_000])(
    'fails its images at its second refusal if its Retry-After is %d ms, after few requests',
    (retryAfterMs) => {
      const { course, host } = getCourse(() => ({ afterMs: 30, refused: true, retryAfterMs }), 60, {
        patienceMs: 20_000,
      });
      course.until(60);
      expect(course.failed).toBe(60);
      expect(host.requests).toBeLessThan(20);
    },
  );

  it('is probed after it served nothing for too long, and is fetched from as before once it serves', () => {
    let serves = false;
    const { course, host } = getCourse(() => ({ afterMs: 30, refused: !serves }), 400, { patienceMs: 5_000 });
    course.until(400);
    expect(course.failed).toBe(400);
    for (let n = 0; n < 12; n += 1) {
      course.queue.enqueue(host, 200);
      course.clock.run(5_000);
      serves = n >= 3;
    }
    expect(host.served).toBeGreaterThan(200);
  });

  it('is not paced for one file that it refuses again and again', () => {
    let asked = 0;
    const { course } = getCourse(() => ({ afterMs: 20, refused: (asked += 1) % 200 === 0 }), 40_000);
    course.rate(2);
    expect(course.rate(4)).toBeGreaterThan(0.9 * (128_000 / 20));
  });

  it.each([
    { share: 0.03, processes: 1, withinSeconds: 30 },
    { share: 0.03, processes: 3, withinSeconds: 30 },
    { share: 0.1, processes: 1, withinSeconds: 300 },
  ])(
    'serves all others where it always refuses some of its images: %j',
    ({ share, processes, withinSeconds }) => {
      const random = randomNumbers(7);
      const isRefused = Array.from({ length: 1_200 }, () => random() < share);
      const good = isRefused.filter((refused) => !refused).length;
      const { course, host } = getCourse(
        (_, { number }) => ({ afterMs: 30, refused: isRefused[number] === true }),
        1_200,
        { patienceMs: 120_000 },
        processes,
      );
      const servedAt: number[] = [];
      while (servedAt.length < 10_000 && course.done + course.failed < 1_200) {
        course.clock.run(100);
        servedAt.push(course.done);
      }
      expect([host.served, course.failed]).toEqual([good, 1_200 - good]);
      expect(servedAt.indexOf(good) / 10).toBeLessThan(withinSeconds);
    },
  );

  it('keeps as many images here as it serves soon, and the rest in the queue', () => {
    const { course, host } = getCourse(tokenBucket(20, 5, 30), 4_000);
    course.rate(10);
    expect(course.workers.reduce((sum, { held }) => sum + held, 0)).toBeLessThan(8);
    expect(host.inFlight).toBeLessThan(4);
  });
});

describe('hosts that are down', () => {
  it('leave the others half of their throughput, even if four fail at once', () => {
    const course = new Course();
    const healthy = new SimulatedHost('healthy', fixedLatency(20));
    let isDown = false;
    const dying = [1, 2, 3, 4].map(
      (n) => new SimulatedHost(`dying-${n}`, () => (isDown ? undefined : { afterMs: 20 })),
    );
    const alone = getCourse(fixedLatency(20), 100_000).course;
    alone.rate(2);
    const speed = alone.rate(3);
    for (let n = 0; n < 200; n += 1)
      for (const host of [healthy, ...dying]) course.queue.enqueue(host, 200, host.name);
    course.clock.run(1_000);
    isDown = true;
    const speeds = Array.from({ length: 3 }, () => {
      const before = healthy.served;
      course.clock.run(2_000);
      return (healthy.served - before) / 2;
    });
    expect(Math.min(...speeds)).toBeGreaterThan(speed / 2);
  });

  it('never hold all slots, however many of them are new', () => {
    const course = new Course({ tasks: 400 });
    const healthy = new SimulatedHost('healthy', fixedLatency(20));
    course.queue.enqueue(healthy, 200, 'healthy');
    course.clock.run(1_000);
    for (let n = 0; n < 300; n += 1)
      course.queue.enqueue(new SimulatedHost(`dead-${n}`, () => undefined), 1, 'dead');
    course.clock.run(600);
    course.queue.enqueue(healthy, 2_000, 'healthy');
    course.clock.run(3_000);
    expect(healthy.served).toBe(2_200);
  });
});
