import {
  completed,
  type Installation,
  jpegUrls,
  type ServerProcess,
  submitLines,
  visitLines,
} from './installation.ts';
import type { Figure } from './report.ts';

const SIZES = [1_000, 10_000, 100_000, 1_000_000];

/**
 * Before anything counts: a process takes more and more memory for its first few hundred thousand images, whatever jobs they
 * are of, and holds it from then on.
 */
const WARM_IMAGES = 300_000;

interface Cost {
  readonly images: number;
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
  for (const images of SIZES) {
    await server.forgetPeak();
    const seconds = await run(installation, server, images, `grown-${images}`);
    costs.push({
      images,
      microsecondsPerImage: (seconds / images) * 1e6,
      peakMb: await server.peakMb(),
    });
  }
  const [, base, large, largest] = costs;
  return [
    ...costs.flatMap(({ images, microsecondsPerImage, peakMb }): Figure[] => [
      {
        measure: `${images.toLocaleString('en')} images: wall time of an image`,
        value: microsecondsPerImage,
        unit: 'µs',
      },
      {
        measure: `${images.toLocaleString('en')} images: most memory`,
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
      measure: 'most memory, 1,000,000 against 100,000',
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
