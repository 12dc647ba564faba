import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import {
  completed,
  getFirstLine,
  type Installation,
  jpegUrls,
  submitLines,
  visitLines,
} from './installation.ts';
import { type Figure, median } from './report.ts';

const BARE_LOOP = fileURLToPath(new URL('../hosts/bare-loop.ts', import.meta.url));
const IMAGES = 50_000;
/** Before anything counts: code is compiled for good only after some tens of thousands. */
const WARM_IMAGES = 50_000;
const ROUNDS = 5;
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
  const service = async (images: number, label: string): Promise<Taken> => {
    const urls = jpegUrls(installation.images, images, label);
    const id = await submitLines(server, visitLines(urls, 10));
    const [began, cpuBefore] = [performance.now(), await server.cpuSeconds()];
    await completed(server, id);
    const seconds = (performance.now() - began) / 1000;
    return { seconds, cpuSeconds: (await server.cpuSeconds()) - cpuBefore };
  };
  await service(WARM_IMAGES, 'warm');
  const bare: Taken[] = [];
  const whole: Taken[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    bare.push(await bareLoop([...jpegUrls(installation.images, WARM_IMAGES + IMAGES, `bare-${round}`)]));
    whole.push(await service(IMAGES, `round-${round}`));
  }
  const rate = (taken: Taken): number => IMAGES / taken.seconds;
  const cpu = (taken: Taken): number => (taken.cpuSeconds / IMAGES) * 1e6;
  const ratios = whole.map((taken, round) => rate(taken) / rate(bare[round] ?? taken));
  return [
    { measure: 'bare loop', value: median(bare.map(rate)), unit: 'images/s' },
    { measure: 'service', value: median(whole.map(rate)), unit: 'images/s' },
    { measure: 'service ÷ bare loop, median of the rounds', value: median(ratios), unit: '', atLeast: 0.6 },
    { measure: 'bare loop: processor time of an image', value: median(bare.map(cpu)), unit: 'µs' },
    { measure: 'service: processor time of an image', value: median(whole.map(cpu)), unit: 'µs' },
  ];
}

/** Seconds on the clock, and of the processor of the one process. */
interface Taken {
  readonly seconds: number;
  readonly cpuSeconds: number;
}

async function bareLoop(urls: readonly string[]): Promise<Taken> {
  const loop = spawn(process.execPath, [BARE_LOOP, String(IN_FLIGHT), String(WARM_IMAGES)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const said = getFirstLine(loop);
  loop.stdin.end(urls.join('\n'));
  return JSON.parse(await said) as Taken;
}
