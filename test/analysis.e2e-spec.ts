import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestApplication } from './support/application.js';
import { toExifBlock, TAGS, withExif } from './support/exif.js';
import { ImageHost } from './support/image-host.js';

const JPEG = readFileSync(new URL('fixtures/images/shelf-front.jpg', import.meta.url));

describe('what the standalone application finds in photos', () => {
  let host: ImageHost;
  let shelfline: TestApplication;

  beforeAll(async () => {
    host = await ImageHost.start();
    shelfline = await TestApplication.start();
  });

  afterAll(async () => {
    await shelfline.close();
    await host.close();
  });

  it('the standalone application finds when, where and with which camera each photo was taken', async () => {
    const photo = withExif(
      JPEG,
      toExifBlock({
        image: [
          [TAGS.make, 'Acme'],
          [TAGS.model, 'Acme Shelf 3'],
        ],
        photo: [
          [TAGS.capturedAt, '2024:11:16 17:35:30'],
          [TAGS.offsetOriginal, '+05:30'],
        ],
        place: [
          [TAGS.latitudeRef, 'S'],
          [
            TAGS.latitude,
            [
              [12, 1],
              [30, 1],
              [0, 1],
            ],
          ],
          [TAGS.longitudeRef, 'E'],
          [
            TAGS.longitude,
            [
              [77, 1],
              [15, 1],
              [3600, 100],
            ],
          ],
          [TAGS.positioningError, [[45, 10]]],
        ],
      }),
    );
    const jobId = await shelfline.submit([
      { store_id: 'RP00002', image_url: [host.serve('/photo.jpg', photo), host.serve('/plain.jpg', JPEG)] },
    ]);
    expect(await shelfline.finished(jobId)).toMatchObject({ status: 'completed' });
    const { items } = (await shelfline.get(`/api/jobs/${jobId}/images`)).json;
    expect(items[0].analysis).toEqual({
      exif: {
        capture_time: '2024-11-16T12:05:30.000Z',
        capture_time_source: 'original',
        capture_delay_seconds: 330,
        camera: 'Acme Shelf 3',
        latitude: -12.5,
        longitude: 77.26,
        position_error_meters: 4.5,
      },
    });
    expect(items[1].analysis).toEqual({});
  });
});
