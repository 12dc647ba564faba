import { describe, expect, it } from '@jest/globals';
import { StoreVisitsOptionsError } from './options/module-source.js';
import { expectOptions, GROUPS, toRoomOptions } from './room-options.js';
import type { StoreVisitsOptions } from './store-visits.options.js';

/** Options that TypeScript would refuse. */
const untyped = (options: unknown): StoreVisitsOptions => options as StoreVisitsOptions;

function refusal(options: StoreVisitsOptions): string {
  try {
    expectOptions(options);
    toRoomOptions(options);
  } catch (error) {
    if (error instanceof StoreVisitsOptionsError) return error.message;
    throw error;
  }
  return 'accepted';
}

describe('the options of the module', () => {
  it('have defaults where they are left out, or undefined', () => {
    const rooms = toRoomOptions({});
    expect(toRoomOptions({ images: { concurrency: undefined }, http: {} })).toEqual(rooms);
    expect(rooms.database).toEqual({ schema: 'shelfline', queueSchema: 'shelfline_queue' });
    expect(rooms.queue).toEqual({ poolSize: 2, shutdownGraceMs: 15_000, schema: 'shelfline_queue' });
    expect(rooms.analysis).toEqual({ timeoutMs: 10_000, concurrency: 16, maxResultBytes: 65_536 });
    expect(rooms.fetching.userAgent).toBe('shelfline');
    expect(rooms.role).toBe('all');
  });

  it('raise the default memory for bodies and images to the largest body and image', () => {
    expect(toRoomOptions({ http: { maxBodyBytes: 100_000_000 } }).http.bodyMemoryBytes).toBe(100_000_000);
    expect(refusal({ http: { maxBodyBytes: 100_000_000, bodyMemoryBytes: 67_108_864 } })).toContain(
      'http.bodyMemoryBytes takes at least http.maxBodyBytes, which is 100000000',
    );
    expect(toRoomOptions({ images: { maxBytes: 999_999_999 } }).fetching.memoryBytes).toBe(999_999_999);
    expect(refusal({ images: { maxBytes: 999_999_999, memoryBytes: 134_217_728 } })).toContain(
      'images.memoryBytes takes at least images.maxBytes, which is 999999999',
    );
  });

  it('take lists, and texts with commas', () => {
    const options = { allowedPorts: '80, 443', allowedHosts: ['a.test'], allowedNetworks: '' };
    expect(toRoomOptions({ images: options }).outbound).toMatchObject({
      allowedPorts: [80, 443],
      allowedHosts: ['a.test'],
      allowedNetworks: [],
    });
  });

  it.each<[unknown, string]>([
    [{ role: 'x' }, 'role takes one of all, api, worker'],
    [{ images: { concurrency: '5' } }, 'images.concurrency takes a whole number from 1 to 10000, and is 5'],
    [{ images: { concurrency: 0.5 } }, 'images.concurrency takes a whole number from 1 to 10000, and is 0.5'],
    [{ images: { allowedPorts: [80] } }, 'images.allowedPorts takes a list of ports from 1 to 65535'],
    [
      { images: { allowedHosts: null } },
      'images.allowedHosts takes a list of host names such as photos.example.com or *.example.com',
    ],
    [
      { images: { allowedNetworks: '10/8' } },
      'images.allowedNetworks takes a list of CIDR blocks such as 10.2.0.0/16',
    ],
    [{ images: { sources: 5 } }, 'images.sources takes a list of sources, or a function that returns one'],
    [{ images: { userAgent: '' } }, 'images.userAgent takes printable ASCII characters'],
    [{ images: { delayMs: 5 } }, 'images.delayMs.min takes a whole number from 0 to 60000, and is undefined'],
    [
      { images: { delayMs: { min: 5, max: 1 } } },
      'images.delayMs.max takes a whole number from 5 to 60000, and is 1',
    ],
    [
      { database: { schema: 'pg_a' } },
      'database.schema takes at most 32 small letters, digits and underscores, a letter first',
    ],
    [
      { database: { schema: 'a', queueSchema: 'a' } },
      'database.queueSchema takes another schema than database.schema',
    ],
    [{ images: [] }, `images takes an object with ${Object.keys(GROUPS.images).join(', ')}`],
    [{ observer: [] }, 'observer takes an object with the methods of a StoreVisitsObserver'],
    [{ queue: { size: 5 } }, 'queue takes no size, only poolSize, shutdownGraceMs'],
    [
      { queue: { poolsize: 5 } },
      'queue takes no poolsize, only poolSize, shutdownGraceMs. Did you mean poolSize?',
    ],
    [
      { imagez: {} },
      'useFactory takes no imagez, only database, http, jobs, images, analysis, callbacks, queue, role, observer. Did you mean images?',
    ],
    [{ imports: [] }, 'useFactory takes no imports: that stands beside useFactory'],
  ])('stop the start with one line: %j', (options, message) => {
    expect(refusal(untyped(options))).toBe(`StoreVisitsModule: ${message}`);
  });
});
