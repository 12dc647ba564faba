import { Histogram, type Registry } from 'prom-client';

interface Described {
  readonly name: string;
  readonly help: string;
  /** The upper bounds in ascending order. */
  readonly buckets: readonly number[];
  readonly registry: Registry;
}

interface Value {
  readonly metricName: string;
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
}

/**
 * A histogram without labels that counts in an array. An observation takes about 20 ns instead of about 300, which matters because every image has two of
 * them. It is exposed as any other histogram.
 */
export class CountedHistogram extends Histogram {
  private readonly counts: Float64Array;
  private total = 0;

  constructor(private readonly described: Described) {
    const { name, help, buckets, registry } = described;
    super({ name, help, buckets: [...buckets], registers: [registry] });
    this.counts = new Float64Array(buckets.length + 1);
  }

  count(value: number): void {
    const { buckets } = this.described;
    let bucket = 0;
    while (bucket < buckets.length && value > (buckets[bucket] ?? 0)) bucket += 1;
    this.counts[bucket] = (this.counts[bucket] ?? 0) + 1;
    this.total += value;
  }

  /** Returns the same object as `get()` of prom-client. The registry writes it. */
  async getForPromString(): Promise<object> {
    const { name, help, buckets } = this.described;
    const values: Value[] = [];
    let count = 0;
    for (const [bucket, le] of [...buckets, '+Inf'].entries()) {
      count += this.counts[bucket] ?? 0;
      values.push({ metricName: `${name}_bucket`, labels: { le }, value: count });
    }
    values.push({ metricName: `${name}_sum`, labels: {}, value: this.total });
    values.push({ metricName: `${name}_count`, labels: {}, value: count });
    return { name, help, type: 'histogram', aggregator: 'sum', values };
  }
}
