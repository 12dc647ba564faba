import { setTimeout as pause } from 'node:timers/promises';
import { type Installation, job, jpegUrls, submitLines, visitLines } from './installation.ts';
import type { Figure } from './report.ts';

const DELAY_MS = 100;
const IN_FLIGHT = 64;
const SECONDS = 15;

/** The share of the theoretical rate (in flight ÷ delay) for images 100 ms away, with 1, 2 and 4 workers. */
export async function farHosts(installation: Installation): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const workers of [1, 2, 4]) {
    const theoretical = (workers * IN_FLIGHT * 1000) / DELAY_MS;
    const api = await installation.serve({ ROLE: 'api' });
    for (let n = 0; n < workers; n += 1) {
      await installation.serve({ ROLE: 'worker', IMAGE_CONCURRENCY: String(IN_FLIGHT) });
    }
    const images = Math.ceil(theoretical * (SECONDS + 10));
    const urls = jpegUrls(installation.images, images, `far-${workers}`, `?delay=${DELAY_MS}`);
    const id = await submitLines(api, visitLines(urls, 10));
    const done = async (): Promise<number> => (await job(api, id)).images.succeeded;
    await pause(3_000);
    const [before, began] = [await done(), performance.now()];
    await pause(SECONDS * 1000);
    const rate = ((await done()) - before) / ((performance.now() - began) / 1000);
    figures.push(
      { measure: `${workers} workers`, value: rate, unit: 'images/s' },
      {
        measure: `${workers} workers, of what is possible`,
        value: rate / theoretical,
        unit: '',
        atLeast: 0.9,
      },
    );
    await fetch(`${api.origin}/api/jobs/${id}/cancel`, { method: 'POST' });
    await installation.stopServers();
  }
  return figures;
}
