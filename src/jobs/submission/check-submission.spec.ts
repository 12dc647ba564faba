import { describe, expect, it } from '@jest/globals';
import { ApiError } from '../../http/errors/api-error.js';
import { MAX_FAULTS } from '../../http/input/validation.js';
import { type NewVisit, VisitRule } from './new-visit.js';
import { readJson, toDocument, toHeader } from './readers/json.reader.js';
import { MAX_VISITS_OF_DOCUMENT } from './submission-limits.js';
import { COUNT_MISMATCH, type SubmissionLimits, checkInSteps } from './check-submission.js';

const VISIT = {
  store_id: 'S1',
  image_url: ['https://a.test/1.jpg'],
  visit_time: '2024-11-16T12:00:00+05:30',
};

const rule = new VisitRule((url) => url.startsWith('s3://photos/'));
const limits = (maxImages: number): SubmissionLimits => ({ maxImages, webhooksAvailable: true });
const several = (count: number, visit: object = VISIT): object[] =>
  Array.from({ length: count }, () => visit);
const toJob = (visits: unknown[], more: object = {}): object => ({ count: visits.length, visits, ...more });

/** The job that a JSON value makes, with its visits. */
async function parseSubmission(
  body: unknown,
  of: SubmissionLimits,
): Promise<{ reference: string | null; callbackUrl: string | null; visits: NewVisit[] }> {
  const document = toDocument(body);
  const { reference, callbackUrl } = toHeader(document);
  const visits: NewVisit[] = [];
  for await (const step of checkInSteps(toHeader(document), readJson(document, rule), of))
    visits.push(...step);
  return { reference, callbackUrl, visits };
}

async function refusal(body: unknown, maxImages = 1_000): Promise<ApiError> {
  try {
    await parseSubmission(body, limits(maxImages));
  } catch (error) {
    if (error instanceof ApiError) return error;
    throw error;
  }
  throw new Error('the submission was accepted');
}

async function places(body: unknown): Promise<string[]> {
  return (await refusal(body)).details.map((fault) => fault.path);
}

describe('a submission', () => {
  it('becomes a job with its visits', async () => {
    const plain = { visitTime: new Date('2024-11-16T06:30:00Z'), reference: null, metadata: null };
    const second = { ...VISIT, store_id: '店', image_url: ['http://a.test', 'http://a.test'] };
    expect(
      await parseSubmission(
        toJob([VISIT, second], { reference: 'Monday', callback_url: 'https://b.test' }),
        limits(3),
      ),
    ).toEqual({
      reference: 'Monday',
      callbackUrl: 'https://b.test',
      visits: [
        { ...plain, storeId: 'S1', imageUrls: VISIT.image_url },
        { ...plain, storeId: '店', imageUrls: second.image_url },
      ],
    });
  });

  it.each([{}, { reference: null }, { reference: undefined, callback_url: null }])(
    'needs no reference and no callback: %j',
    async (more) => {
      expect(await parseSubmission(toJob([VISIT], more), limits(1))).toMatchObject({
        reference: null,
        callbackUrl: null,
      });
    },
  );

  it.each([
    'ftp://b.test/',
    '//b.test/',
    'https://u:p@b.test/',
    'http://',
    '',
    7,
    `https://b.test/${'x'.repeat(2_048)}`,
  ])('has a callback URL with the rules of an image URL, and not %s', async (callback_url) => {
    expect(await places(toJob([VISIT], { callback_url }))).toEqual(['callback_url']);
  });

  it('names objects of buckets that are sources', async () => {
    const image_url = ['s3://photos/a b.jpg', 's3://other/1.jpg', 'https://a.test/1.jpg', 'S3://x2y/1.jpg'];
    const refused = await refusal(toJob([VISIT, { ...VISIT, image_url }]));
    expect(refused.details).toEqual(
      [1, 3].map((n) => ({
        path: `visits[1].image_url[${n}]`,
        message: expect.stringContaining('IMAGE_SOURCES_FILE'),
      })),
    );
  });

  it('has no callback URL if there is no secret to sign with', async () => {
    const body = toJob([VISIT], { callback_url: 'https://b.test/' });
    const asking = parseSubmission(body, { ...limits(1), webhooksAvailable: false });
    await expect(asking).rejects.toMatchObject({
      status: 400,
      details: [{ path: 'callback_url', message: expect.stringMatching('is not available') }],
    });
  });

  it('keeps only the declared fields', async () => {
    const body: unknown = JSON.parse(
      `{"__proto__":{"reference":5},"toString":1,"extra":[[{}]],"count":1,"visits":[{"constructor":2,"seq":9,${JSON.stringify(VISIT).slice(1)}]}`,
    );
    const job = await parseSubmission(body, limits(1));
    expect(job.reference).toBeNull();
    expect(Object.keys(job.visits[0] ?? {}).toSorted()).toEqual([
      'imageUrls',
      'metadata',
      'reference',
      'storeId',
      'visitTime',
    ]);
    const inherited: unknown = Object.create(toJob([VISIT]));
    expect(await places(inherited)).toEqual(['count', 'visits']);
  });

  it.each([undefined, null, 'text', 5, [], [VISIT]])('has to be an object, and not %j', async (body) => {
    expect((await refusal(body)).message).toBe('body must be a JSON object with count and visits.');
  });

  it.each([
    [0, 1],
    [2, 1],
    [-1, 1],
    [1, 0],
    [1e9, 1],
  ])(
    'with a count of %d for %d visits has the exact answer, whatever else is wrong',
    async (count, visits) => {
      const error = await refusal({ count, visits: several(visits, {}), reference: 5 });
      expect([error.getStatus(), error.body()]).toEqual([400, { error: COUNT_MISMATCH }]);
    },
  );

  it.each([
    ['count', { visits: [VISIT] }],
    ['count', { count: '1', visits: [VISIT] }],
    ['count', { count: 1.5, visits: [VISIT] }],
    ['count', { count: null, visits: [VISIT] }],
    ['visits', { count: 1 }],
    ['visits', { count: 1, visits: 'S1' }],
    ['visits', { count: 1, visits: { 0: VISIT, length: 1 } }],
    ['count,visits', { count: 0, visits: [] }],
    ['reference', toJob([VISIT], { reference: '' })],
    ['reference', toJob([VISIT], { reference: 'x'.repeat(201) })],
    ['reference', toJob([VISIT], { reference: ['x'] })],
    ['visits[1]', toJob([VISIT, null])],
    ['visits[0]', toJob([[VISIT]])],
    ['visits[0].store_id', toJob([{ ...VISIT, store_id: '' }])],
    ['visits[0].store_id', toJob([{ ...VISIT, store_id: 5 }])],
    ['visits[0].store_id', toJob([{ ...VISIT, store_id: 'x'.repeat(65) }])],
    ['visits[0].image_url', toJob([{ ...VISIT, image_url: 'https://a.test' }])],
    ['visits[0].image_url', toJob([{ ...VISIT, image_url: [] }])],
    ['visits[0].image_url[1]', toJob([{ ...VISIT, image_url: ['https://a.test', 'x'] }])],
    ['visits[0].visit_time', toJob([{ ...VISIT, visit_time: '2024-11-16' }])],
    ['visits[0].visit_time', toJob([{ ...VISIT, visit_time: 1_731_758_400 }])],
    ['visits[1].store_id,visits[1].image_url,visits[1].visit_time', toJob([VISIT, {}])],
    ['reference,visits[0].store_id', toJob([{ ...VISIT, store_id: '' }], { reference: '' })],
  ])('is refused with its fault at %s: %j', async (path, body) => {
    expect((await places(body)).join(',')).toBe(path);
  });

  it('is refused with its first faults, up to the limit', async () => {
    const faults = await places(toJob(several(100, {})));
    expect(faults).toHaveLength(MAX_FAULTS);
    expect(faults.slice(0, 4)).toEqual([
      'visits[0].store_id',
      'visits[0].image_url',
      'visits[0].visit_time',
      'visits[1].store_id',
    ]);
  });

  it('has a maximum number of images, over all its visits', async () => {
    const visits = several(3, { ...VISIT, image_url: ['https://a.test', 'https://b.test'] });
    expect((await parseSubmission(toJob(visits), limits(6))).visits).toHaveLength(3);
    expect((await refusal(toJob(visits), 5)).message).toBe('visits must hold at most 5 images.');
  });

  it('with too many images is refused with the faults of its visits first', async () => {
    const error = await refusal(toJob([...several(3_000), {}]), 2_000);
    expect(error.details.map((fault) => fault.path)).toEqual([
      'visits[3000].store_id',
      'visits[3000].image_url',
      'visits[3000].visit_time',
      'visits',
    ]);
  });

  it('has a maximum number of visits', async () => {
    const error = await refusal(toJob(several(MAX_VISITS_OF_DOCUMENT + 1, {})));
    expect(error.details.slice(0, 2).map((fault) => fault.path)).toEqual(['count', 'visits']);
  });

  it('does not block other requests while it is checked', async () => {
    let turns = 0;
    const count = (): void => {
      turns += 1;
      immediate = setImmediate(count);
    };
    let immediate = setImmediate(count);
    try {
      const { visits } = await parseSubmission(toJob(several(3_000)), limits(3_000));
      expect(visits).toHaveLength(3_000);
    } finally {
      clearImmediate(immediate);
    }
    expect(turns).toBeGreaterThanOrEqual(5);
  });
});
