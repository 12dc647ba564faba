import { styleText } from 'node:util';
import Table from 'cli-table3';
import type { ImageResultView } from '../images/results/result-fields.js';
import { printable } from './text.js';

/** Formats results as a table for a terminal: store, URL, size and perimeter of each image, or its error. */
export function resultsTable(images: readonly ImageResultView[], stream: NodeJS.WritableStream): string {
  const table = new Table({
    head: ['Store', 'Image', 'Size', 'Perimeter', 'Outcome'].map((title) =>
      styleText('bold', title, { stream }),
    ),
    colAligns: ['left', 'left', 'right', 'right', 'left'],
    style: { head: [], border: [] },
    chars: { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' },
  });
  let store = '';
  for (const image of images) {
    table.push([
      image.store_id === store ? '' : printable(image.store_id),
      printable(image.image_url),
      ...outcome(image, stream),
    ]);
    store = image.store_id;
  }
  return table.toString();
}

function outcome(
  image: ImageResultView,
  stream: NodeJS.WritableStream,
): [size: string, perimeter: string, mark: string] {
  switch (image.status) {
    case 'succeeded':
      return [
        `${image.width} × ${image.height}`,
        `${image.perimeter} px`,
        styleText('green', `✔ ${image.format}`, { stream }),
      ];
    case 'failed':
      return ['', '', styleText('red', `✘ ${printable(image.error ?? '')}`, { stream })];
    case 'skipped':
      return ['', '', styleText('yellow', `– ${printable(image.error ?? 'not fetched')}`, { stream })];
    default:
      return ['', '', `… ${image.status}`];
  }
}
