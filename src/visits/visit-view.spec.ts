import { describe, expect, it } from '@jest/globals';
import type { ImageStatus } from '../images/image.entity.js';
import { visitStatus } from './visit-view.js';

function getStatus(unknownStore: boolean, ...statuses: ImageStatus[]): string {
  const images = statuses.map((status, seq) => ({
    seq,
    image_url: 'http://a.test/1.jpg',
    status,
    width: null,
    height: null,
    perimeter: null,
    error: null,
    flagged: null,
  }));
  return visitStatus({ unknown_store: unknownStore, images });
}

describe('a visit', () => {
  it.each<[string, boolean, ImageStatus[]]>([
    ['ongoing', false, ['pending']],
    ['ongoing', false, ['failed', 'pending', 'succeeded', 'skipped']],
    ['completed', false, ['succeeded', 'succeeded']],
    ['failed', false, ['succeeded', 'failed']],
    ['failed', false, ['succeeded', 'skipped']],
    ['failed', false, ['skipped']],
    ['unknown_store', true, ['skipped', 'skipped']],
  ])('is %s (store unknown: %s) with images that are %p', (status, unknownStore, images) => {
    expect(getStatus(unknownStore, ...images)).toBe(status);
  });
});
