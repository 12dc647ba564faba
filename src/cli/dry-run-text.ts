import type { DryRunView } from './api-shapes.js';
import { counted, printable } from './text.js';

/** The answer to a dry run for people: what the file holds, what its columns become, and the stores that are not known. */
export function dryRunText({ visits, images, columns, unknown_stores }: DryRunView): string {
  return [
    `Valid: ${counted(visits, 'visit')}, ${counted(images, 'image')}. Nothing was submitted.`,
    ...columns.map(({ header, field }) => `Column ${printable(header)}: ${printable(field)}`),
    ...unknown_stores.map(
      ({ store_id, visits: count }) => `Unknown store ${printable(store_id)}: ${counted(count, 'visit')}`,
    ),
  ].join('\n');
}
