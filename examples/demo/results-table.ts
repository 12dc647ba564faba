import { basename } from 'node:path';
import { styleText } from 'node:util';
import Table from 'cli-table3';
import type { ImageResult } from './api.ts';

/** The results as a table for a terminal: per image its store, file, size and perimeter, or the reason. */
export function resultsTable(images: readonly ImageResult[]): string {
  const table = new Table({
    head: ['Store', 'File', 'Size', 'Perimeter', ''].map((title) => styleText('bold', title)),
    colAligns: ['left', 'left', 'right', 'right', 'left'],
    style: { head: [], border: [] },
    chars: { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' },
  });
  let store = '';
  for (const image of images) {
    const file = basename(new URL(image.image_url).pathname);
    table.push([image.store_id === store ? '' : image.store_id, file, ...outcome(image)]);
    store = image.store_id;
  }
  return table.toString();
}

function outcome(image: ImageResult): [size: string, perimeter: string, mark: string] {
  switch (image.status) {
    case 'succeeded':
      return [
        `${image.width} × ${image.height}`,
        `${image.perimeter} px`,
        styleText('green', `✔ ${image.format}`),
      ];
    case 'failed':
      return ['', '', styleText('red', `✘ ${image.error}`)];
    case 'skipped':
      return ['', '', styleText('yellow', '– not fetched: the store is unknown')];
    case 'pending':
      return ['', '', '… pending'];
  }
}
