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

interface Cost {
  readonly images: number;
  readonly microsecondsPerImage: number;
  readonly peakMb: number;
}

/** Jobs of the second largest size that are as many images together as the largest job. */
const AS_MANY = 10;

/**
 * What an image costs, and the most memory of the process, by the size of the job. Each size has a process of its own. A maximum
 * grows with the time that it is taken over: the largest job is compared with as many images in smaller ones, too.
 */
export async function growth(installation: Installation): Promise<Figure[]> {
  const costs: Cost[] = [];
  for (const images of SIZES) {
    const server = await installation.serve();
    await run(installation, server, 2_000, `warm-${images}`);
    await server.forgetPeak();
    const seconds = await run(installation, server, images, `grown-${images}`);
    costs.push({
      images,
      microsecondsPerImage: (seconds / images) * 1e6,
      peakMb: await server.peakMb(),
    });
    await installation.stopServers();
  }
  const asMany = await peakOfMany(installation, 100_000);
  const [, base, , largest] = costs;
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
      value: (largest?.peakMb ?? NaN) / (costs[2]?.peakMb ?? NaN),
      unit: '',
      atMost: 1.05,
    },
    {
      measure: 'ten jobs of 100,000 images, one after the other: most memory',
      value: asMany,
      unit: 'MB',
      atMost: 350,
    },
    {
      measure: 'most memory, one job of 1,000,000 against those ten',
      value: (largest?.peakMb ?? NaN) / asMany,
      unit: '',
      atMost: 1.05,
    },
  ];
}

async function peakOfMany(installation: Installation, images: number): Promise<number> {
  const server = await installation.serve();
  await run(installation, server, 2_000, 'warm-many');
  await server.forgetPeak();
  for (let job = 0; job < AS_MANY; job += 1) await run(installation, server, images, `many-${job}`);
  const peakMb = await server.peakMb();
  await installation.stopServers();
  return peakMb;
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
