/** How many photos were done at a time. */
export interface Sample {
  readonly at: number;
  readonly done: number;
}

/** The rate is that of the last minute, in milliseconds. */
const WINDOW_MS = 60_000;
/** Earlier, a rate would be a guess, in milliseconds. */
const MIN_SPAN_MS = 3_000;

/** The samples with a further one, without those that are too old. */
export function withSample(samples: readonly Sample[], done: number, at = Date.now()): readonly Sample[] {
  return [...samples.filter((sample) => at - sample.at <= WINDOW_MS), { at, done }];
}

/** Photos a minute, and the time until all are done in milliseconds; undefined while that is not known. */
export function getPace(
  samples: readonly Sample[],
  pending: number,
): { readonly perMinute: number; readonly leftMs: number } | undefined {
  const [first, last] = [samples[0], samples.at(-1)];
  if (first === undefined || last === undefined || last.at - first.at < MIN_SPAN_MS) return undefined;
  const perMs = (last.done - first.done) / (last.at - first.at);
  if (perMs <= 0) return undefined;
  return { perMinute: Math.round(perMs * 60_000), leftMs: pending / perMs };
}
