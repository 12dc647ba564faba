/**
 * How short and long jobs get on with each other on one worker: `npm run build && node bench/fairness/run.ts [options]`.
 *
 * Starts three long jobs and takes their speed, alone; beside a job of 10 images a second; and under a steady overload of
 * short jobs. Prints the times of the short jobs and the ratios of the speeds.
 *
 *   --images 50000   of each long job
 *   --latency 5      milliseconds of the image host
 *   --seconds 8      for each measurement
 *   --rounds 4       of alone and beside, turn by turn: the medians count
 *   --overload 20    short jobs that there are at any time of the overload
 *   --port 8591      of the server
 */
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Service } from '../processing/service.ts';

const { values: options } = parseArgs({
  options: {
    images: { type: 'string', default: '50000' },
    latency: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '8' },
    rounds: { type: 'string', default: '4' },
    overload: { type: 'string', default: '20' },
    port: { type: 'string', default: '8591' },
  },
});
const seconds = Number(options.seconds);
const service = await Service.start(Number(options.port), Number(options.latency));
try {
  await service.getSeconds(2000);
  const long: string[] = [];
  for (let n = 0; n < 3; n += 1) long.push(await service.submit(Number(options.images)));
  await pause(5_000);

  const done = async (): Promise<number> => {
    const jobs = await Promise.all(long.map((id) => service.job(id)));
    return jobs.reduce((sum, { images }) => sum + images.succeeded, 0);
  };
  /** Images of the long jobs a second, while something else goes on. */
  const speedWhile = async (work: (isOver: () => boolean) => Promise<void>): Promise<number> => {
    const [before, began] = [await done(), performance.now()];
    await work(() => performance.now() - began > seconds * 1000);
    return (((await done()) - before) / (performance.now() - began)) * 1000;
  };

  const alone: number[] = [];
  const beside: number[] = [];
  const times: number[] = [];
  for (let round = 0; round < Number(options.rounds); round += 1) {
    alone.push(await speedWhile(async () => pause(seconds * 1000)));
    beside.push(
      await speedWhile(async (isOver) => {
        while (!isOver()) {
          times.push(await service.getSeconds(10));
          await pause(1000 - Math.min(900, (times.at(-1) ?? 0) * 1000));
        }
      }),
    );
  }
  console.log(`three long jobs alone: ${median(alone).toFixed(0)} images/s`);
  console.log(
    `beside short ones: ${median(beside).toFixed(0)} images/s, ${(median(beside) / median(alone)).toFixed(2)} of that`,
  );
  console.log(
    `${times.length} jobs of 10 images: median ${median(times).toFixed(2)} s, longest ${Math.max(...times).toFixed(2)} s`,
  );
  const streams = Number(options.overload);
  const overloaded = await speedWhile(async (isOver) => {
    const stream = async (): Promise<void> => {
      while (!isOver()) await service.getSeconds(100);
    };
    await Promise.all(Array.from({ length: streams }, stream));
  });
  console.log(
    `under an overload of ${streams} jobs of 100 images at any time: ${overloaded.toFixed(0)} images/s, ${(overloaded / median(alone)).toFixed(2)} of that`,
  );
} finally {
  await service.stop();
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
