/** One sample of a scrape. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const LABEL = String.raw`[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\[\\"n])*"`;
const SAMPLE = new RegExp(`^(${NAME})(?:\\{(${LABEL}(?:,${LABEL})*)\\})? (\\S+)$`);
const VALUE = /^(?:[+-]?(?:\d+(?:\.\d+)?(?:e[+-]?\d+)?|Inf)|NaN)$/i;

/**
 * Reads the text format of Prometheus (version 0.0.4), and is strict about it: every family says once what it is before
 * its samples, they stand together, no series comes twice, and buckets add up.
 */
export class Exposition {
  readonly types = new Map<string, string>();
  readonly samples: Sample[] = [];

  constructor(text: string) {
    if (!text.endsWith('\n')) throw new Error('the last line does not end');
    const series = new Set<string>();
    let family = '';
    for (const line of text.split('\n').filter((one) => one !== '')) {
      const described = new RegExp(`^# (HELP|TYPE) (${NAME}) (.+)$`).exec(line);
      if (described !== null) {
        family = this.describe(described, family);
        continue;
      }
      const [, name = '', labels = '', value = ''] = SAMPLE.exec(line) ?? [];
      if (!VALUE.test(value)) throw new Error(`no sample: ${line}`);
      if (name.replace(this.getSuffix(family), '') !== family) throw new Error(`not of ${family}: ${line}`);
      const key = `${name}{${labels.split(',').toSorted().join()}}`;
      if (series.has(key)) throw new Error(`twice: ${line}`);
      series.add(key);
      this.samples.push({ name, labels: getLabels(labels), value: Number(value.replace('Inf', 'Infinity')) });
    }
    for (const [name, type] of this.types) if (type === 'histogram') this.checkHistogram(name);
  }

  /** The sum of all samples of a name that have these labels; undefined where there is none. */
  sum(name: string, labels: Readonly<Record<string, string>> = {}): number | undefined {
    const found = this.samples.filter(
      (sample) =>
        sample.name === name && Object.entries(labels).every(([key, value]) => sample.labels[key] === value),
    );
    return found.length === 0 ? undefined : found.reduce((sum, { value }) => sum + value, 0);
  }

  /** The values that a label has, each once. */
  values(label: string): string[] {
    return [...new Set(this.samples.flatMap(({ labels }) => labels[label] ?? []))].toSorted();
  }

  private describe([line, kind, name = '', rest = '']: RegExpExecArray, before: string): string {
    if (kind === 'HELP' ? this.types.has(name) : before !== name) throw new Error(`not in order: ${line}`);
    if (kind === 'TYPE') this.types.set(name, rest);
    return name;
  }

  private getSuffix(family: string): RegExp {
    return this.types.get(family) === 'histogram' ? /_(?:bucket|sum|count)$/ : /$/;
  }

  private checkHistogram(name: string): void {
    const bySeries = Map.groupBy(
      this.samples.filter((sample) => sample.name === `${name}_bucket`),
      ({ labels: { le: _le, ...others } }) => JSON.stringify(others),
    );
    for (const [labels, buckets] of bySeries) {
      const counts = buckets.map(({ value }) => value);
      const bounds = buckets.map(({ labels: { le = '' } }) => Number(le.replace('Inf', 'Infinity')));
      const isSorted = (values: number[]): boolean =>
        values.every((value, index) => value >= (values[index - 1] ?? -Infinity));
      const isWhole =
        bounds.at(-1) === Infinity && counts.at(-1) === this.sum(`${name}_count`, JSON.parse(labels));
      if (!isSorted(counts) || !isSorted(bounds) || !isWhole)
        throw new Error(`the buckets of ${name}${labels} do not add up`);
    }
  }
}

function getLabels(text: string): Record<string, string> {
  const pairs = [...text.matchAll(/([a-zA-Z0-9_]+)="((?:[^"\\]|\\.)*)"/g)];
  return Object.fromEntries(pairs.map(([, name = '', value = '']) => [name, value]));
}
