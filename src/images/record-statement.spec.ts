import { describe, expect, it } from '@jest/globals';
import type { ImageResult } from './images.repository.js';
import { toRecordStatement } from './record-statement.js';

const RANGE = { job: '1', run: 1, from: 0, to: 200 };
const RESULT: ImageResult = {
  seq: 0,
  status: 'succeeded',
  attempted: true,
  width: 2,
  height: 3,
  perimeter: 10,
  format: 'gif',
  mime: 'image/gif',
  orientation: null,
  content_length: 14,
  pause_ms: null,
  held: false,
  error: null,
  error_code: null,
};
const FURTHER: readonly Partial<ImageResult>[] = [
  {},
  { analysis: '{}' },
  { refused: true },
  { keys: { file: -7n, picture: null } },
  { keys: { file: -7n, picture: 8n } },
  { flags: 256 },
  { flagEvidence: {} },
  { analysis: '{}', refused: true, keys: { file: 1n, picture: 2n }, flags: 1, flagEvidence: {} },
];

describe('the statement that records results', () => {
  it('has a name of its own for each set of columns, by which PostgreSQL can tell it', () => {
    const names = FURTHER.map(
      (further) => toRecordStatement(RANGE, [{ ...RESULT, ...further }]).statement.name,
    );
    expect(new Set(names).size).toBe(FURTHER.length);
    // The name of a schema may be longer than ours.
    for (const name of names) expect(name.length).toBeLessThanOrEqual(40);
  });

  it('writes no column that no result has, and every parameter that it takes', () => {
    for (const further of FURTHER) {
      const { statement, parameters } = toRecordStatement(RANGE, [{ ...RESULT, ...further }, RESULT]);
      const numbers = [...statement.text.matchAll(/\$(\d+)/g)].map(([, number]) => Number(number));
      expect(Math.max(...numbers)).toBe(parameters.length);
      expect(statement.text.includes('file_key = u.file_key')).toBe(further.keys !== undefined);
    }
  });

  it('writes keys as signed numbers, and null for a result without any', () => {
    const { parameters } = toRecordStatement(RANGE, [
      { ...RESULT, keys: { file: -7n, picture: null } },
      RESULT,
    ]);
    expect(parameters.at(-1)).toBe('{-7,NULL}');
  });
});
