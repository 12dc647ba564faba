import type { CallbackReceiver } from './callback-receiver.ts';
import type { ImageHosts, Kind } from './image-host.ts';
import type { Random } from './random.ts';

/** A job as it is sent. */
export interface Submission {
  /** Of this submission alone, so that its job is found whatever came of the answer. */
  readonly reference: string;
  readonly callback_url?: string;
  readonly visits: readonly {
    readonly store_id: string;
    readonly visit_time: string;
    readonly image_url: readonly string[];
  }[];
}

/** An id that the sample store master lacks: its images are skipped. */
export const UNKNOWN_STORE = 'NOWHERE';

const SIZES: readonly (readonly [number, readonly [least: number, most: number]])[] = [
  [30, [1, 5]],
  [35, [6, 60]],
  [22, [150, 450]],
  [5, [800, 1_500]],
];

const KINDS: readonly (readonly [number, Kind])[] = [
  [820, 'healthy'],
  [60, 'slow'],
  [50, 'flaky'],
  [40, 'gone'],
  [10, 'text'],
  [6, 'down'],
  [6, 'reset'],
  [3, 'stall'],
];

/** A job of a random size, with images of every kind; every third is to be called back. */
export function randomSubmission(
  random: Random,
  hosts: ImageHosts,
  receiver: CallbackReceiver,
  reference: string,
): Submission {
  const size = random.weighted(SIZES);
  const images = random.between(size[0], size[1]);
  const visits: { store_id: string; visit_time: string; image_url: string[] }[] = [];
  for (let made = 0; made < images;) {
    const count = Math.min(images - made, random.between(1, 40));
    const image_url = Array.from({ length: count }, (_, n) => {
      const kind = random.weighted(KINDS);
      const number = kind === 'slow' ? random.between(20, 400) : random.between(1, 3);
      const width = random.between(1, 5_000);
      return hosts.url(kind, number, width, random.between(1, 5_000), `${reference}-${made + n}`);
    });
    const known = random.next() > 0.02;
    const store_id = known ? `RP${String(random.between(2, 40)).padStart(5, '0')}` : UNKNOWN_STORE;
    visits.push({ store_id, visit_time: '2024-11-16T12:00:00Z', image_url });
    made += count;
  }
  const callback = random.next() < 1 / 3 ? { callback_url: receiver.url(reference) } : {};
  return { reference, visits, ...callback };
}
