import { cpus, totalmem } from 'node:os';

/** One figure, and what it should be. */
export interface Figure {
  readonly measure: string;
  readonly value: number;
  readonly unit: string;
  /** The bound that it should keep, where it has one. */
  readonly atLeast?: number;
  readonly atMost?: number;
}

/** What a benchmark measured. */
export interface Report {
  readonly benchmark: string;
  readonly figures: readonly Figure[];
}

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly node: string;
  readonly platform: string;
}

export function machine(): Machine {
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
  };
}

export function print({ benchmark, figures }: Report): void {
  console.log(`\n${benchmark}`);
  const width = Math.max(...figures.map(({ measure }) => measure.length));
  for (const figure of figures) {
    const value = `${rounded(figure.value)} ${figure.unit}`.trim();
    console.log(`  ${figure.measure.padEnd(width)}  ${value.padStart(16)}  ${verdict(figure)}`.trimEnd());
  }
}

function verdict({ value, atLeast, atMost }: Figure): string {
  if (atLeast !== undefined) return `${value >= atLeast ? 'reached' : 'MISSED '}: at least ${atLeast}`;
  if (atMost !== undefined) return `${value <= atMost ? 'reached' : 'MISSED '}: at most ${atMost}`;
  return '';
}

function rounded(value: number): string {
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en');
  return value.toFixed(Math.abs(value) >= 10 ? 1 : 2);
}

/** The value below which this share of the values lies. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}
