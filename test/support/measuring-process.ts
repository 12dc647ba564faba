/** A process that measures every long file to its end, with the built code, and writes how long it took over each piece. */
import type { Measurer } from '../../src/images/measuring/measurer.ts';
import { LONG_FILES, getPieces } from './hostile-files.ts';

/** What it says of one file, in milliseconds. */
export interface Effort {
  readonly what: string;
  readonly kind: string;
  readonly bytes: number;
  readonly total: number;
  readonly median: number;
  readonly longest: number;
}

const { Measurer: Built }: { Measurer: typeof Measurer } = await import(
  new URL('../../dist/images/measuring/measurer.js', import.meta.url).href
);
const length = Number(process.argv[2]);

const efforts = LONG_FILES.map((file): Effort => {
  const measurer = new Built();
  const times: number[] = [];
  let bytes = 0;
  for (const piece of getPieces(file, length)) {
    const began = performance.now();
    const said = measurer.push(piece);
    times.push(performance.now() - began);
    bytes += piece.length;
    if (said.kind !== 'more') break;
  }
  times.sort((one, other) => one - other);
  const total = times.reduce((sum, time) => sum + time, 0);
  const median = times[times.length >> 1] ?? 0;
  return { what: file.what, kind: measurer.end().kind, bytes, total, median, longest: times.at(-1) ?? 0 };
});
process.stdout.write(JSON.stringify(efforts));
