import { setTimeout as pause } from 'node:timers/promises';
import {
  completed,
  type Installation,
  jpegUrls,
  getMilliseconds,
  submitLines,
  visitLines,
} from './installation.ts';
import { type Figure, quantile } from './report.ts';

const IMAGES = 100_000;
const WARM_IMAGES = 50_000;
const WARM_READS = 100;
const CLIENTS = 50;
/** What a client does between two questions, in milliseconds. */
const EVERY_MS = 1_000;

/** How long reads take while a job of 100,000 images runs on the same process and 50 clients poll. */
export async function reads(installation: Installation): Promise<Figure[]> {
  const server = await installation.serve();
  // As the other benchmarks: what is measured is a server that has run for a while, not its first requests.
  const warm = await submitLines(server, visitLines(jpegUrls(installation.images, WARM_IMAGES, 'warm'), 10));
  await completed(server, warm);
  for (let n = 0; n < WARM_READS; n += 1) {
    await getMilliseconds(server, `/api/status?jobid=${warm}`);
    await getMilliseconds(server, `/api/jobs/${warm}/images?limit=100`);
  }
  const urls = jpegUrls(installation.images, IMAGES, 'reads');
  const id = await submitLines(server, visitLines(urls, 10));
  const took = new Map<string, number[]>([
    [`/api/status?jobid=${id}`, []],
    [`/api/jobs/${id}/images?limit=100`, []],
  ]);
  const over = new AbortController();
  const clients = Array.from({ length: CLIENTS }, async (_, client) => {
    await pause((client * EVERY_MS) / CLIENTS);
    for (let turn = 0; !over.signal.aborted; turn += 1) {
      const [path, times] = [...took][(client + turn) % took.size] ?? ['', []];
      const ms = await getMilliseconds(server, path);
      times.push(ms);
      await pause(Math.max(0, EVERY_MS - ms));
    }
  });
  await completed(server, id);
  over.abort();
  await Promise.all(clients);
  return [...took].flatMap(([path, times]): Figure[] => {
    const name = path.startsWith('/api/status') ? 'GET /api/status' : 'a page of 100 results';
    return [
      { measure: `${name}, median of ${times.length}`, value: quantile(times, 0.5), unit: 'ms' },
      { measure: `${name}, 99 of 100 within`, value: quantile(times, 0.99), unit: 'ms', atMost: 50 },
    ];
  });
}
