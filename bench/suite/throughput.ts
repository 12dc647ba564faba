import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import {
  completed,
  firstLineOf,
  type Installation,
  jpegUrls,
  submitLines,
  visitLines,
} from './installation.ts';
import { type Figure, median } from './report.ts';

const BARE_LOOP = fileURLToPath(new URL('../hosts/bare-loop.ts', import.meta.url));
const IMAGES = 50_000;
const ROUNDS = 3;
const IN_FLIGHT = 64;

/**
 * Images a second from `201` to `completed`, durable in PostgreSQL, by one process, against a bare loop in one process: the
 * two in turns, the medians count.
 */
export async function throughput(
  installation: Installation,
  nodeOptions: readonly string[],
): Promise<Figure[]> {
  const server = await installation.serve({ IMAGE_CONCURRENCY: String(IN_FLIGHT) }, nodeOptions);
  const service = async (images: number, label: string): Promise<number> => {
    const urls = jpegUrls(installation.images, images, label);
    const id = await submitLines(server, visitLines(urls, 10));
    const began = performance.now();
    await completed(server, id);
    return (performance.now() - began) / 1000;
  };
  await service(5_000, 'warm');
  const bare: number[] = [];
  const whole: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    bare.push(IMAGES / (await bareSeconds([...jpegUrls(installation.images, IMAGES, `bare-${round}`)])));
    whole.push(IMAGES / (await service(IMAGES, `round-${round}`)));
  }
  return [
    { measure: 'bare loop', value: median(bare), unit: 'images/s' },
    { measure: 'service', value: median(whole), unit: 'images/s' },
    { measure: 'service ÷ bare loop', value: median(whole) / median(bare), unit: '', atLeast: 0.6 },
  ];
}

async function bareSeconds(urls: readonly string[]): Promise<number> {
  const loop = spawn(process.execPath, [BARE_LOOP, String(IN_FLIGHT)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const said = firstLineOf(loop);
  loop.stdin.end(urls.join('\n'));
  return (JSON.parse(await said) as { seconds: number }).seconds;
}
