import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { toExifBlock, TAGS } from '../../../../test/support/exif.js';
import type { ExifFinding } from './decode-exif.js';
import { ExifAnalyzer, type ExifOptions } from './exif-analyzer.js';

const JPEG = readFileSync(new URL('../../../../test/fixtures/images/shelf-front.jpg', import.meta.url));

async function find(
  exif: Buffer | null,
  options: ExifOptions = {},
  time_zone: string | null = null,
): Promise<ExifFinding | undefined> {
  const analyzer = new ExifAnalyzer(options);
  return analyzer.analyze({ visit_time: new Date('2024-11-16T12:00:00Z'), time_zone }, { exif });
}

describe('the analyzer', () => {
  const photo = toExifBlock({ photo: [[TAGS.capturedAt, '2024:11:16 17:35:30']] });

  it('reads local times in the zone of its options', async () => {
    expect(await find(photo, { timeZone: 'Asia/Kolkata' })).toMatchObject({
      capture_time: '2024-11-16T12:05:30.000Z',
      capture_delay_seconds: 330,
    });
  });

  it('reads local times in the zone of the job before that of its options', async () => {
    const found = { capture_time: '2024-11-16T12:05:30.000Z' };
    expect(await find(photo, { timeZone: 'Europe/Berlin' }, 'Asia/Kolkata')).toMatchObject(found);
    expect(await find(photo, {}, 'Asia/Kolkata')).toMatchObject(found);
  });

  it('does not place local times without a zone', async () => {
    expect(await find(photo)).toMatchObject({ capture_time: null, capture_delay_seconds: null });
  });

  it('refuses an unknown zone', () => {
    expect(() => new ExifAnalyzer({ timeZone: 'Mars/Olympus' })).toThrow(RangeError);
  });
});

describe('a file without EXIF', () => {
  it('is not wanted, and has no finding', async () => {
    expect(new ExifAnalyzer().wants(JPEG, 'jpg', null)).toBe(false);
    expect(await find(null)).toBeUndefined();
  });

  it('is wanted once it has some', () => {
    expect(new ExifAnalyzer().wants(JPEG, 'jpg', toExifBlock({}))).toBe(true);
  });
});
