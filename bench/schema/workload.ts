/** What became of an image when its batch was run; `null` leaves it pending. */
export type Outcome = 'succeeded' | 'failed' | null;

/** A job of the benchmark: how many images it has and how each of them ends. */
export interface BenchJob {
  id: number;
  size: number;
  outcome: (seq: number) => Outcome;
}

/** Jobs that the readings ask about, by what is rare in them. */
export interface Workload {
  /** Jobs that are inserted together and then worked off together. */
  waves: BenchJob[][];
  ordinary: BenchJob;
  rarelyFailing: BenchJob;
  nearlyDone: BenchJob;
  rarelySucceeding: BenchJob;
}

const oneInTwenty = (seq: number): Outcome => ((seq * 7919) % 20 === 0 ? 'failed' : 'succeeded');

/** 5,000,000 images at scale 1: three jobs of a million, and two million in jobs of 1,000 to 100,000. */
export function workload(scale: number, waveCount: number): Workload {
  const jobs: BenchJob[] = [];
  const add = (size: number, outcome: (seq: number) => Outcome): BenchJob => {
    const job = { id: jobs.length + 1, size: Math.round(size * scale), outcome };
    jobs.push(job);
    return job;
  };
  const million = Math.round(1_000_000 * scale);
  const ordinary = add(1_000_000, oneInTwenty);
  const rarelyFailing = add(1_000_000, (seq) => (seq % (million / 10) === 77 ? 'failed' : 'succeeded'));
  const nearlyDone = add(1_000_000, (seq) => (seq % 1000 === 500 ? null : oneInTwenty(seq)));
  const rarelySucceeding = add(100_000, (seq) => (seq % (million / 100) === 77 ? 'succeeded' : 'failed'));
  for (let k = 0; k < 14; k += 1) add(100_000, oneInTwenty);
  for (let k = 0; k < 45; k += 1) add(10_000, oneInTwenty);
  for (let k = 0; k < 50; k += 1) add(1_000, oneInTwenty);

  const waves = Array.from({ length: waveCount }, (_, wave) =>
    jobs.filter((job) => job.id % waveCount === wave),
  );
  return { waves, ordinary, rarelyFailing, nearlyDone, rarelySucceeding };
}

/** A photo address of about 90 bytes. */
export function url(job: number, seq: number): string {
  const visit = String(seq >> 1).padStart(7, '0');
  const photo = String(seq).padStart(9, '0');
  return `https://photos.example-stores.net/2024/11/16/job-${job}/visit-${visit}/${photo}-shelf.jpg`;
}

/** One flush: images of one job, in the order of their key. */
export interface Flush {
  job: BenchJob;
  seqs: number[];
}

/**
 * The flushes of a wave, batch by batch over all its jobs, so that lanes meet on a long job and on short ones.
 * In order, a flush is a range of neighbours (fast hosts); scattered, images of a range of five flushes end in any order
 * (slow hosts), so that a page of the table is written by several transactions.
 */
export function flushes(jobs: BenchJob[], flushSize: number, scattered: boolean): Flush[] {
  const ranked: { rank: number; flush: Flush }[] = [];
  const stride = scattered ? 5 : 1;
  for (const job of jobs) {
    for (let from = 0; from < job.size; from += flushSize * stride) {
      for (let part = 0; part < stride; part += 1) {
        const seqs: number[] = [];
        const to = Math.min(job.size, from + flushSize * stride);
        for (let seq = from + part; seq < to; seq += stride) {
          if (job.outcome(seq) !== null) seqs.push(seq);
        }
        if (seqs.length > 0) ranked.push({ rank: from + part, flush: { job, seqs } });
      }
    }
  }
  return ranked.toSorted((a, b) => a.rank - b.rank).map(({ flush }) => flush);
}

/** The columns of a flush, in the order in which `resultColumns` names them. */
export function resultArrays({ job, seqs }: Flush): unknown[][] {
  const columns: unknown[][] = resultColumns.map(() => []);
  for (const seq of seqs) {
    getResult(job, seq).forEach((value, column) => columns[column]?.push(value));
  }
  return columns;
}

/** Name and type of what a flush brings for each image. */
export const resultColumns = [
  ['seq', 'integer'],
  ['status', 'text'],
  ['width', 'integer'],
  ['height', 'integer'],
  ['perimeter', 'integer'],
  ['format', 'text'],
  ['mime', 'text'],
  ['orientation', 'smallint'],
  ['content_length', 'bigint'],
  ['analysis', 'jsonb'],
  ['error', 'text'],
  ['error_code', 'text'],
] as const;

const exif = JSON.stringify({
  exif: {
    capture_time: '2024-11-16T11:58:12.000Z',
    capture_delay_seconds: 108,
    camera: 'SM-A127F',
    latitude: 12.97,
    longitude: 77.59,
  },
});

function getResult(job: BenchJob, seq: number): unknown[] {
  if (job.outcome(seq) === 'failed') {
    const failure = ['the host answered 404 Not Found', 'http_404'];
    return [seq, 'failed', null, null, null, null, null, null, null, null, ...failure];
  }
  const width = 1200 + (seq % 800);
  const height = 900 + (seq % 600);
  const analysis = seq % 5 === 0 ? exif : '{}';
  return [
    seq,
    'succeeded',
    width,
    height,
    2 * (width + height),
    'jpg',
    'image/jpeg',
    1,
    30_000 + seq,
    analysis,
    null,
    null,
  ];
}
