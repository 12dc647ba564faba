import {
  completed,
  type Installation,
  jpegUrls,
  type ServerProcess,
  submitLines,
  visitLines,
} from './installation.ts';
import type { Figure } from './report.ts';

/** The largest job is compared with as many images in smaller ones: a maximum grows with the time that it is taken over. */
const JOBS = [
  { images: 1_000, times: 1 },
  { images: 10_000, times: 1 },
  { images: 100_000, times: 10 },
  { images: 1_000_000, times: 1 },
];

/**
 * Before anything counts: a process takes more and more memory for its first few hundred thousand images, whatever jobs they
 * are of, and holds it from then on.
 */
const WARM_IMAGES = 300_000;

interface Cost {
  readonly jobs: string;
  readonly microsecondsPerImage: number;
  readonly peakMb: number;
}

/**
 * What an image costs, and the most memory of the process, by the size of the job: in one process, the largest job last. From one
 * process to the next the most memory differs by a tenth, whatever their jobs are.
 */
export async function growth(installation: Installation): Promise<Figure[]> {
  const server = await installation.serve();
  await run(installation, server, WARM_IMAGES, 'warm');
  const costs: Cost[] = [];
  for (const { images, times } of JOBS) {
    await server.forgetPeak();
    let seconds = 0;
    for (let time = 0; time < times; time += 1)
      seconds += await run(installation, server, images, `grown-${images}-${time}`);
    costs.push({
      jobs: `${times === 1 ? '' : `${times} × `}${images.toLocaleString('en')} images`,
      microsecondsPerImage: (seconds / times / images) * 1e6,
      peakMb: await server.peakMb(),
    });
  }
  const [, base, large, largest] = costs;
  return [
    ...costs.flatMap(({ jobs, microsecondsPerImage, peakMb }): Figure[] => [
      {
        measure: `${jobs}: wall time of an image`,
        value: microsecondsPerImage,
        unit: 'µs',
      },
      {
        measure: `${jobs}: most memory`,
        value: peakMb,
        unit: 'MB',
        atMost: 350,
      },
    ]),
    {
      measure: 'time of an image, 1,000,000 against 10,000',
      value: (largest?.microsecondsPerImage ?? NaN) / (base?.microsecondsPerImage ?? NaN),
      unit: '',
      atMost: 1.15,
    },
    {
      measure: 'most memory, 1,000,000 against 10 × 100,000',
      value: (largest?.peakMb ?? NaN) / (large?.peakMb ?? NaN),
      unit: '',
      atMost: 1.05,
    },
  ];
}

async function run(
  installation: Installation,
  server: ServerProcess,
  images: number,
  label: string,
): Promise<number> {
  const id = await submitLines(server, visitLines(jpegUrls(installation.images, images, label), 10));
  const began = performance.now();
  await completed(server, id);
  return (performance.now() - began) / 1000;
}
