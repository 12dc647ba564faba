import { beforeEach, describe, expect, it } from '@jest/globals';
import { FetchFault } from '../fetching/fetch-fault.js';
import { HostUnavailableError, getDeferralMs } from './deferral-errors.js';
import {
  FIRST_PAUSE_MS,
  CircuitBreaker,
  IMAGES_TO_OPEN,
  MAX_PAUSE_MS,
  MAX_HOSTS,
} from './circuit-breaker.js';
import type { ImageErrorCode } from '../fetching/image-outcome.js';

const fault = (code: ImageErrorCode = 'timeout'): FetchFault => new FetchFault(code, `a ${code}`);

describe('the circuit breaker', () => {
  let now: number;
  let health: CircuitBreaker;

  beforeEach(() => {
    now = 0;
    health = new CircuitBreaker(() => now);
  });

  /** Calls for this many different images that end with a fault. */
  function fail(images: number, code?: ImageErrorCode, host = 'a'): void {
    for (let n = 0; n < images; n += 1) health.beginCall(host, `image ${n}`).ended(fault(code));
  }

  const isOpen = (host = 'a'): boolean => {
    try {
      health.throwIfOpen(host);
      return false;
    } catch (error) {
      if (error instanceof HostUnavailableError) return true;
      throw error;
    }
  };

  it.each(['timeout', 'connection', 'dns'] as const)(
    'stops requests to a host after a row of faults: %s',
    (code) => {
      fail(IMAGES_TO_OPEN - 1, code);
      expect(isOpen()).toBe(false);
      health.beginCall('a', 'one more').ended(fault(code));
      expect(isOpen()).toBe(true);
      expect(isOpen('b')).toBe(false);
      expect(() => health.beginCall('a', 'another')).toThrow(HostUnavailableError);
    },
  );

  it.each(['http_status', 'bad_response', 'tls', 'not_an_image'] as const)(
    'counts an answer as a success, though it is %s',
    (code) => {
      fail(IMAGES_TO_OPEN - 1);
      health.beginCall('a', 'x').ended(fault(code));
      expect(health.size).toBe(0);
      fail(IMAGES_TO_OPEN - 1);
      expect(isOpen()).toBe(false);
    },
  );

  it.each(['forbidden_address', 'host_not_allowed', 'internal', undefined] as const)(
    'ignores a call that ended with %s',
    (code) => {
      fail(IMAGES_TO_OPEN - 1);
      health.beginCall('a', 'x').ended(code === undefined ? undefined : fault(code));
      expect(isOpen()).toBe(false);
      health.beginCall('a', 'y').ended(fault());
      expect(isOpen()).toBe(true);
    },
  );

  it('reports once that the circuit of a host opened, and once that it closed', () => {
    const news: string[] = [];
    health = new CircuitBreaker(() => now, {
      opened: (host, { code }) => news.push(`${host}: ${code}`),
      closed: (host) => news.push(`${host} answers`),
    });
    health.beginCall('b', 'x').answered();
    fail(IMAGES_TO_OPEN - 1);
    health.beginCall('a', 'x').answered();
    expect(news).toEqual([]);
    fail(IMAGES_TO_OPEN, 'connection');
    now += FIRST_PAUSE_MS;
    fail(1, 'timeout');
    expect(news).toEqual(['a: connection']);
    now += 2 * FIRST_PAUSE_MS;
    health.beginCall('a', 'probe').ended(fault('http_status'));
    health.beginCall('a', 'x').answered();
    expect(news).toEqual(['a: connection', 'a answers']);
  });

  it('starts counting again after a success', () => {
    fail(IMAGES_TO_OPEN - 1);
    health.beginCall('a', 'x').answered();
    fail(IMAGES_TO_OPEN - 1);
    expect(isOpen()).toBe(false);
  });

  it('does not open for many attempts at few images', () => {
    for (let attempts = 0; attempts < 10; attempts += 1) fail(IMAGES_TO_OPEN - 1);
    expect(isOpen()).toBe(false);
  });

  it('allows one probe after a pause, and all requests after its success', () => {
    fail(IMAGES_TO_OPEN);
    now += FIRST_PAUSE_MS - 1;
    expect(isOpen()).toBe(true);
    now += 1;
    const probe = health.beginCall('a', 'probe');
    expect(isOpen()).toBe(true);
    probe.answered();
    expect([isOpen(), health.size]).toEqual([false, 0]);
  });

  it('pauses twice as long after each probe that fails, up to half a minute', () => {
    fail(IMAGES_TO_OPEN);
    now += FIRST_PAUSE_MS;
    const pauses: number[] = [];
    for (let probes = 0; probes < 7; probes += 1) {
      health.beginCall('a', 'probe').ended(fault());
      const began = now;
      while (isOpen() && now < began + 2 * MAX_PAUSE_MS) now += 500;
      pauses.push(now - began);
    }
    expect(pauses).toEqual([2_000, 4_000, 8_000, 16_000, MAX_PAUSE_MS, MAX_PAUSE_MS, MAX_PAUSE_MS]);
  });

  it('allows another probe when one was aborted', () => {
    fail(IMAGES_TO_OPEN);
    now += FIRST_PAUSE_MS;
    health.beginCall('a', 'probe').ended();
    expect(isOpen()).toBe(false);
  });

  it('lists a probe that is not answered for a while, until it ends', () => {
    fail(IMAGES_TO_OPEN);
    now += FIRST_PAUSE_MS;
    const probe = health.beginCall('a', 'probe');
    now += 999;
    expect(health.lateProbes(1_000)).toEqual([]);
    now += 1;
    expect(health.lateProbes(1_000)).toEqual(['a']);
    probe.ended(fault());
    expect(health.lateProbes(1_000)).toEqual([]);
  });

  it('ignores faults of calls that began before it opened', () => {
    const early = health.beginCall('a', 'early');
    fail(IMAGES_TO_OPEN);
    early.ended(fault());
    now += FIRST_PAUSE_MS;
    expect(isOpen()).toBe(false);
  });

  it('stays closed when an earlier call was answered while the probe was in flight, and the probe then fails', () => {
    const earlier = health.beginCall('a', 'earlier');
    fail(IMAGES_TO_OPEN);
    now += FIRST_PAUSE_MS;
    const probe = health.beginCall('a', 'probe');
    earlier.answered();
    probe.ended(fault());
    expect(isOpen()).toBe(false);
    fail(IMAGES_TO_OPEN - 1);
    expect(isOpen()).toBe(true);
  });

  it('reports the last fault of the host and when to retry', () => {
    fail(IMAGES_TO_OPEN, 'dns');
    expect(() => health.throwIfOpen('a')).toThrow(
      expect.objectContaining({
        fault: expect.objectContaining({ code: 'dns' }),
        afterMs: expect.any(Number),
      }),
    );
  });

  it('remembers a bounded number of hosts, those that failed last', () => {
    for (let n = 0; n < MAX_HOSTS * 3; n += 1) fail(1, 'dns', `host-${n}`);
    expect(health.size).toBe(MAX_HOSTS);
  });

  it('forgets old faults', () => {
    fail(IMAGES_TO_OPEN - 1);
    now += 3_600_000;
    health.beginCall('a', 'much later').ended(fault());
    expect(isOpen()).toBe(false);
  });
});

describe('deferred images', () => {
  it('come back soon when they are few, and 15 seconds later when they are many', () => {
    expect(getDeferralMs(1_000, 1)).toBe(1_000);
    expect(getDeferralMs(1_000, 256)).toBe(1_000);
    expect(getDeferralMs(1_000, 257)).toBe(15_000);
    expect(getDeferralMs(30_000, 257)).toBe(30_000);
  });
});
