import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FLAG_CODES } from '../src/images/flags/flag-codes.js';
import { TestApplication } from './support/application.js';
import { importStores, play, type Played, readScenario } from './support/photo-scenario.js';
import { compareCounts, compareImage, type ShownImage } from './support/scenario-check.js';

interface ShownVisit {
  readonly flags: readonly string[];
  readonly images: readonly ShownImage[];
}

describe.each([
  ['header', true],
  ['header', false],
  ['zone', true],
] as const)('the scenario %s, from hosts with ranges: %s', (name, hasRanges) => {
  const scenario = readScenario(name);
  let shelfline: TestApplication;
  let played: Played;
  const images = new Map<string, ShownImage>();
  const visits: ShownVisit[] = [];

  /** The items of a list of each job that was not deleted. */
  const listAll = async <T>(toPath: (jobId: string) => string): Promise<T[]> => {
    const answers = await Promise.all([...played.jobs.values()].map((jobId) => shelfline.get(toPath(jobId))));
    return answers.flatMap(({ status, json }) => (status === 200 ? json.items : []));
  };

  beforeAll(async () => {
    shelfline = await TestApplication.start(scenario.settings);
    await importStores(shelfline);
    played = await play(scenario, shelfline, hasRanges);
    for (const image of await listAll<ShownImage>((jobId) => `/api/jobs/${jobId}/images?limit=1000`))
      images.set(image.image_id, image);
    visits.push(...(await listAll<ShownVisit>((jobId) => `/api/visits?job_id=${jobId}&limit=1000`)));
  }, 120_000);

  afterAll(async () => {
    await shelfline.close();
  });

  it.each(Object.entries(scenario.expected.jobs))('counts the flags of job %s', (number, expected) => {
    const job = played.counted.get(Number(number));
    expect(job?.status).toBe(expected.status);
    expect(compareCounts(job?.flags ?? {}, expected.flags)).toEqual([]);
  });

  it.each(Object.entries(scenario.expected.images))('says of %s what is right', (id, expected) => {
    const image = images.get(played.images.get(id) ?? '');
    expect(compareImage(image, expected, (other) => played.images.get(other))).toEqual([]);
  });

  it('says the same of an image with its visit, which has the codes of all its images', () => {
    for (const visit of visits) {
      for (const { image_id, flags } of visit.images) expect(flags).toEqual(images.get(image_id)?.flags);
      const codes = visit.images.flatMap((image) => image.flags.map(({ code }) => code));
      expect([...visit.flags].toSorted()).toEqual([...new Set(codes)].toSorted());
    }
    expect(visits.length).toBeGreaterThan(0);
  });

  it.each(['any', ...new Set(FLAG_CODES)])(
    'finds the images and the visits with the flag %s',
    async (code) => {
      const isFound = ({ flags }: ShownImage): boolean =>
        flags.some((flag) => code === 'any' || flag.code === code);
      const found = await listAll<ShownImage>((jobId) => `/api/jobs/${jobId}/images?limit=1000&flag=${code}`);
      expect(found.filter(isFound)).toEqual([...images.values()].filter(isFound));
      const { json } = await shelfline.get(`/api/visits?limit=1000&flag=${code}`);
      const all = visits.filter((visit) => visit.images.some(isFound));
      expect(json.items.filter((visit: ShownVisit) => visit.images.some(isFound))).toHaveLength(all.length);
      expect(json.items).toEqual(expect.arrayContaining(all));
    },
  );
});
