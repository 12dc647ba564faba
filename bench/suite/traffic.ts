import { completed, type Installation, submitLines, visitLines } from './installation.ts';
import type { Figure } from './report.ts';

const IMAGES = 1_000;
const PHOTO_BYTES = 4_000_000;
/** What phones put in front of the size: EXIF with a preview. */
const HEADER_BYTES = 12_000;

/** Bytes read for a photo of 4 MB, from hosts that honour ranges and from hosts that do not. */
export async function traffic(installation: Installation): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const [name, query, atMost] of [
    ['by ranges', '', 32],
    ['where ranges are ignored', '&ranges=no', 128],
  ] as const) {
    const server = await installation.serve();
    const urls = Array.from(
      { length: IMAGES },
      (_, n) => `${installation.images}/${PHOTO_BYTES}/${n}.jpg?header=${HEADER_BYTES}${query}`,
    );
    const before = await server.bytesRead();
    await completed(server, await submitLines(server, visitLines(urls, 10)));
    // With what the database answers, which is little.
    const kilobytes = ((await server.bytesRead()) - before) / IMAGES / 1024;
    figures.push({ measure: `a photo of 4 MB, ${name}`, value: kilobytes, unit: 'KB', atMost });
    await installation.stopServers();
  }
  return figures;
}
