import type { Cost, Storage } from './database.ts';
import type { VacuumCost } from './phases.ts';
import type { Reading } from './readings.ts';

/** One run of one variant. */
export interface Measured {
  variant: string;
  inserted: number;
  recorded: number;
  insertion: Cost;
  recording: Cost;
  sizes: ({ after: string } & Storage)[];
  vacuum: VacuumCost;
  readings: Reading[];
}

/** Writing, storage and vacuum: one line a run. */
export function storageTable(measured: Measured[]): string {
  const header = [
    'variant',
    'insert rows/s',
    'WAL B/row',
    'result rows/s',
    'WAL B/row',
    'CPU µs/row',
    'HOT %',
    'heap+index MB inserted',
    'recorded',
    'vacuumed',
    'dead',
    'vacuum s',
    'pages',
    'index scans',
    'WAL MB',
    'autovacuums',
  ];
  return table(header, measured.map(storageLine));
}

function storageLine(run: Measured): string[] {
  const [afterInsertion] = run.sizes;
  const [afterResults, afterVacuum] = run.sizes.slice(-2);
  const updates = afterResults?.updates ?? 0;
  const cpu = run.recording.cpuSeconds;
  return [
    run.variant,
    thousands(run.inserted / run.insertion.seconds),
    (run.insertion.walBytes / run.inserted).toFixed(0),
    thousands(run.recorded / run.recording.seconds),
    (run.recording.walBytes / run.recorded).toFixed(0),
    cpu === null ? '' : ((cpu / run.recorded) * 1e6).toFixed(1),
    updates === 0 ? '' : (((afterResults?.hotUpdates ?? 0) / updates) * 100).toFixed(1),
    size(afterInsertion),
    size(afterResults),
    size(afterVacuum),
    thousands(afterResults?.deadTuples ?? 0),
    run.vacuum.seconds.toFixed(2),
    thousands(run.vacuum.pagesScanned),
    String(run.vacuum.indexScans),
    (run.vacuum.walBytes / 1e6).toFixed(0),
    `${afterVacuum?.autovacuums} (${afterVacuum?.autovacuumSeconds} s)`,
  ];
}

/** Readings: one line a question, milliseconds and buffers of each variant in its last run. */
export function readingTable(runs: Measured[]): string {
  const measured = [...new Map(runs.map((run) => [run.variant, run])).values()];
  const questions = measured[0]?.readings.map(({ name }) => name) ?? [];
  const lines = questions.map((name) => {
    const cells = measured.map((run) => {
      const reading = run.readings.find((candidate) => candidate.name === name);
      return reading === undefined ? '' : `${reading.milliseconds.toFixed(2)} ms, ${reading.buffers}`;
    });
    return [name, ...cells];
  });
  return table(['reading: time, buffers', ...measured.map(({ variant }) => variant)], lines);
}

const size = (sizes: Storage | undefined): string => `${sizes?.heapMb}+${sizes?.indexMb}`;

const thousands = (value: number): string =>
  value >= 10_000 ? `${(value / 1000).toFixed(0)}k` : value.toFixed(0);

const line = (cells: string[]): string => `| ${cells.join(' | ')} |`;

function table(header: string[], lines: string[][]): string {
  return [line(header), line(header.map(() => '---')), ...lines.map(line), ''].join('\n');
}
