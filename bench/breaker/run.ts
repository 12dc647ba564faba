/**
 * What a dead host costs a job on a healthy one: `npm run build && node bench/breaker/run.ts [options]`.
 *
 * Runs a job on the healthy host alone, and again while a job on a host that accepts and never answers is running, turn
 * by turn. Prints the seconds of each and the ratio of the medians.
 *
 *   --images 20000   of the job on the healthy host
 *   --dead 5000      of the job on the dead host
 *   --latency 5      milliseconds of the healthy host
 *   --rounds 3
 *   --port 8590      of the server
 */
import { parseArgs } from 'node:util';
import { Service } from '../processing/service.ts';

const { values: options } = parseArgs({
  options: {
    images: { type: 'string', default: '20000' },
    dead: { type: 'string', default: '5000' },
    latency: { type: 'string', default: '5' },
    rounds: { type: 'string', default: '3' },
    port: { type: 'string', default: '8590' },
  },
});
const images = Number(options.images);
const alone: number[] = [];
const beside: number[] = [];
const service = await Service.start(Number(options.port), Number(options.latency), {
  IMAGE_HOST_PATIENCE_MS: '30000',
});
try {
  await service.getSeconds(2000);
  for (let round = 1; round <= Number(options.rounds); round += 1) {
    alone.push(await service.getSeconds(images));
    const dead = await service.submit(Number(options.dead), 'silent');
    beside.push(await service.getSeconds(images));
    await service.ended(dead);
    console.log(
      `round ${round}: ${alone.at(-1)?.toFixed(1)} s alone, ${beside.at(-1)?.toFixed(1)} s beside the dead host`,
    );
  }
} finally {
  await service.stop();
}
const ratio = median(beside) / median(alone);
console.log(`${images} images beside ${options.dead} on a dead host take ${ratio.toFixed(2)} times as long`);

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
