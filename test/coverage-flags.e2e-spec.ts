import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import { findBrokenInvariants, untilTasksEnd } from './support/broken-invariants.js';
import { TestApplication } from './support/application.js';
import { ImageHost } from './support/image-host.js';
import { until } from './support/until.js';

const WEEK = 'from=2026-11-16&to=2026-11-22&area_code=SEEN';
/** The smallest side of an image that is not `too_small`. */
const MIN_SIDE = 480;

/** A GIF with this width and height. */
function getGif(width: number, height: number): Buffer {
  const size = Buffer.alloc(4);
  size.writeUInt16LE(width, 0);
  size.writeUInt16LE(height, 2);
  return Buffer.concat([Buffer.from('GIF89a'), size, Buffer.from([0, 0, 0, 0x3b])]);
}

describe('the coverage of stores whose photos have flags', () => {
  let host: ImageHost;
  let shelfline: TestApplication;
  let large: string;
  let other: string;
  let small: string;

  beforeAll(async () => {
    host = await ImageHost.start();
    large = host.serve('/large.gif', getGif(MIN_SIDE, MIN_SIDE));
    other = host.serve('/other.gif', getGif(MIN_SIDE + 1, MIN_SIDE));
    small = host.serve('/small.gif', getGif(MIN_SIDE, MIN_SIDE - 1));
  });

  afterAll(async () => host.close());

  beforeEach(async () => {
    shelfline = await TestApplication.start({ PHOTO_FLAGS: 'too_small,same_file' });
    for (const id of ['F1', 'F2', 'F3'])
      await shelfline.send('PUT', `/api/stores/${id}`, { store_name: `Store ${id}`, area_code: 'SEEN' });
  });

  afterEach(async () => shelfline.close());

  /** The job, once it has ended and its flags are counted. */
  async function counted(jobId: string): Promise<void> {
    await shelfline.finished(jobId);
    await until(async () => {
      const { json } = await shelfline.get(`/api/jobs/${jobId}`);
      return json.flags === null ? undefined : true;
    }, 'the count of flags');
  }

  /** Submits a visit to each store, and waits for its end. */
  async function submit(images: Readonly<Record<string, readonly string[]>>): Promise<string> {
    const jobId = await shelfline.submit(
      Object.entries(images).map(([store_id, image_url]) => ({
        store_id,
        image_url,
        visit_time: '2026-11-16T12:00:00Z',
      })),
    );
    await counted(jobId);
    return jobId;
  }

  /** What is said of each store. */
  async function read(): Promise<unknown> {
    const { json } = await shelfline.get(`/api/coverage?${WEEK}`);
    return json.items.map(({ store_id, state, usable, flagged, reason }: Record<string, unknown>) => [
      store_id,
      state,
      usable,
      flagged,
      reason,
    ]);
  }

  async function brokenInvariants(): Promise<string[]> {
    await untilTasksEnd(shelfline.database, ['sweeps', 'images', 'flags']);
    return findBrokenInvariants(shelfline.database);
  }

  it('a photo that is too small is of no use, and is the reason of a store without another', async () => {
    await submit({ F1: [large, small], F2: [small, host.url('/missing.gif')], F3: [other] });
    // Of two reasons that are as frequent, the first in the alphabet is given.
    expect(await read()).toEqual([
      ['F1', 'covered', 1, 1, null],
      ['F2', 'no_usable_photo', 0, 1, 'http_status'],
      ['F3', 'covered', 1, 0, null],
    ]);
    await submit({ F2: [small] });
    expect(await read()).toContainEqual(['F2', 'no_usable_photo', 0, 2, 'too_small']);
    const { json } = await shelfline.get(`/api/coverage/summary?${WEEK}&interval=week`);
    expect(json.items).toMatchObject([{ covered: 2, no_usable_photo: 1, not_visited: 0 }]);
    expect(await brokenInvariants()).toEqual([]);
  });

  it('a flag of a comparison counts, and leaves the photo usable', async () => {
    await submit({ F1: [large] });
    expect(await read()).toContainEqual(['F1', 'covered', 1, 0, null]);
    await submit({ F2: [large] });
    expect(await read()).toEqual([
      ['F1', 'covered', 1, 1, null],
      ['F2', 'covered', 1, 1, null],
      ['F3', 'not_visited', 0, 0, null],
    ]);
    expect(await brokenInvariants()).toEqual([]);
  });

  it('a retry adds the photos that it fetches, with their flags', async () => {
    const late = host.url('/late.gif');
    const later = host.url('/later.gif');
    const jobId = await submit({ F1: [small, late], F2: [late, later] });
    expect(await read()).toMatchObject([
      ['F1', 'no_usable_photo', 0, 1, 'http_status'],
      ['F2', 'no_usable_photo', 0, 0, 'http_status'],
      ['F3', 'not_visited', 0, 0, null],
    ]);
    host.serve('/late.gif', getGif(MIN_SIDE, 3));
    host.serve('/later.gif', getGif(MIN_SIDE, MIN_SIDE + 2));
    await shelfline.post(`/api/jobs/${jobId}/retry`, '');
    await counted(jobId);
    expect(await read()).toEqual([
      ['F1', 'no_usable_photo', 0, 1, 'too_small'],
      ['F2', 'covered', 1, 1, null],
      ['F3', 'not_visited', 0, 0, null],
    ]);
    expect(await brokenInvariants()).toEqual([]);
  });

  it('the visits of an earlier version are counted with the flags of their images', async () => {
    await submit({ F1: [large, small], F2: [small] });
    const before = await read();
    await shelfline.stop();
    await shelfline.database.query(
      'UPDATE shelfline.visit SET succeeded = NULL, usable = NULL, failures = NULL',
    );
    await shelfline.database.query('UPDATE shelfline.job SET visits_counted = false');
    shelfline = await TestApplication.startOn(shelfline.database);
    await until(async () => {
      const left = await shelfline.database.query('SELECT FROM shelfline.job WHERE NOT visits_counted');
      return left.length === 0 ? true : undefined;
    }, 'the count of earlier visits');
    expect(await read()).toEqual(before);
    expect(await brokenInvariants()).toEqual([]);
  });

  it('a file of the coverage has the columns of its fields, and every store of the filter', async () => {
    await submit({ F1: [large], F2: [small] });
    const csv = await shelfline.get(`/api/coverage?${WEEK}&format=csv&time_zone=Asia/Kolkata`);
    expect(csv.headers.get('content-disposition')).toMatch(/filename="coverage-2026-11-16-.*\.csv"/);
    const [first, ...rest] = parse(csv.text, { columns: true, bom: true }) as Record<string, string>[];
    expect(first).toEqual({
      store_id: 'F1',
      store_name: 'Store F1',
      area_code: 'SEEN',
      state: 'covered',
      visits: '1',
      images: '1',
      usable: '1',
      flagged: '0',
      last_visit_time: '2026-11-16T17:30:00.000+05:30',
      last_usable_time: '2026-11-16T17:30:00.000+05:30',
      reason: '',
      time_zone: 'Asia/Kolkata',
    });
    expect(rest.map(({ store_id, state, reason }) => [store_id, state, reason])).toEqual([
      ['F2', 'no_usable_photo', 'too_small'],
      ['F3', 'not_visited', ''],
    ]);
    const lines = await shelfline.get(`/api/coverage?${WEEK}&format=ndjson`);
    const { json } = await shelfline.get(`/api/coverage?${WEEK}`);
    expect(
      lines.text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual(json.items);
    const sheet = await shelfline.get(`/api/coverage?${WEEK}&state=covered&format=xlsx`);
    expect([sheet.status, sheet.headers.get('content-disposition')]).toEqual([
      200,
      expect.stringContaining('.xlsx'),
    ]);
  });
});
