import { describe, expect, it } from '@jest/globals';
import { SheetHeader } from './sheet-header.js';
import { readCsv } from './spreadsheet-csv.js';

const header = new SheetHeader({
  required: ['name'],
  optional: [],
  normalise: (heading) => heading.toLowerCase(),
});

async function* body(...blocks: string[]): AsyncGenerator<Buffer> {
  for (const block of blocks) yield Buffer.from(block);
}

describe('the rows of a spreadsheet', () => {
  it('come in small parts, although one block of the body has thousands of them', async () => {
    const parts: number[] = [];
    for await (const rows of readCsv(body(`name\n${'x\n'.repeat(100_000)}`), { header }))
      parts.push(rows.length);
    expect(parts.reduce((sum, rows) => sum + rows, 0)).toBe(100_001);
    expect(Math.max(...parts)).toBeLessThan(5_000);
  });

  it('are whole wherever a part ends', async () => {
    const cells = Array.from({ length: 10_000 }, (_, n) => `😀 "${n}", or\nso`);
    const quoted = cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join('\n');
    const read: string[] = [];
    for await (const rows of readCsv(body(`name\n${quoted}\n`), { header }))
      read.push(...rows.map(({ record }) => record.join('|')));
    expect(read).toEqual(['name', ...cells]);
  });
});
