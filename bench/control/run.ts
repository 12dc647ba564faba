/**
 * What cancel, retry and delete take by the size of the job: `npm run build && node bench/control/run.ts [options]`.
 *
 * Submits jobs on a host that never answers, and cancels, retries, cancels and deletes each. Prints the milliseconds of
 * each call, medians of several jobs, and their ratio between the large job and the small one.
 *
 *   --large 1000000  images of the large jobs
 *   --small 10       of the small ones
 *   --jobs 3         of each size
 *   --port 8595      of the server
 */
import { parseArgs } from 'node:util';
import { Service } from '../processing/service.ts';

const { values: options } = parseArgs({
  options: {
    large: { type: 'string', default: '1000000' },
    small: { type: 'string', default: '10' },
    jobs: { type: 'string', default: '3' },
    port: { type: 'string', default: '8595' },
  },
});

const CALLS = [
  { call: 'cancel', method: 'POST', path: '/cancel', status: 200 },
  { call: 'retry', method: 'POST', path: '/retry', status: 202 },
  { call: 'cancel', method: 'POST', path: '/cancel', status: 200 },
  { call: 'delete', method: 'DELETE', path: '', status: 204 },
];

const service = await Service.start(Number(options.port), 5, { MAX_BODY_BYTES: '200000000' });
try {
  // The first calls of a process are slower than all others.
  await getTimes(Number(options.small));
  const small = await getTimes(Number(options.small));
  const large = await getTimes(Number(options.large));
  for (const call of ['cancel', 'retry', 'delete']) {
    const [few, many] = [median(small.get(call)), median(large.get(call))];
    console.log(
      `${call}: ${few.toFixed(1)} ms for ${options.small} images, ${many.toFixed(1)} ms for ${options.large}: ` +
        `${(many / few).toFixed(2)} times as long`,
    );
  }
} finally {
  await service.stop();
}

async function getTimes(images: number): Promise<Map<string, number[]>> {
  const times = new Map<string, number[]>();
  for (let job = 0; job < Number(options.jobs); job += 1) {
    const id = await service.submit(images, 'silent');
    for (const { call, method, path, status } of CALLS) {
      const took = await service.getMilliseconds(method, `/api/jobs/${id}${path}`, status);
      times.set(call, [...(times.get(call) ?? []), took]);
    }
  }
  return times;
}

function median(values: readonly number[] = []): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;
}
