import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Answer, TestApplication } from './support/application.js';

const JOB = {
  count: 1,
  visits: [{ store_id: 'S1', image_url: ['http://host.test/1.png'], visit_time: '2024-11-16T12:00:00Z' }],
};

let shelfline: TestApplication;
let jobId: string;

beforeAll(async () => {
  shelfline = await TestApplication.start({ ROLE: 'api' });
  jobId = await shelfline.submit(JOB.visits);
});

afterAll(async () => {
  await shelfline.close();
});

const path = (text: string): string => text.replace('JOB', jobId);
const ask = async (method: string, target: string, headers = {}): Promise<Answer> => {
  const response = await fetch(`${shelfline.origin}${path(target)}`, { method, headers });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    text,
    json: text === '' ? null : JSON.parse(text),
  };
};

describe('an unknown query parameter', () => {
  it.each([
    ['/api/jobs?stauts=failed', 'stauts', 'status'],
    ['/api/jobs?storeid=S1', 'storeid', 'store_id'],
    ['/api/jobs?limits=1', 'limits', 'limit'],
    ['/api/jobs?Status=failed', 'Status', 'status'],
    ['/api/jobs?form=2024-11-16T12:00:00Z', 'form', 'from'],
    ['/api/jobs/JOB/images?statuss=failed', 'statuss', 'status'],
    ['/api/jobs/JOB/images?store-id=S1', 'store-id', 'store_id'],
    ['/api/visits?areacode=1', 'areacode', 'area_code'],
    ['/api/visits?job-id=1', 'job-id', 'job_id'],
    ['/api/stores?area=1', 'area', undefined],
    ['/api/stores?qq=1', 'qq', 'q'],
    ['/api/status?jobId=JOB', 'jobId', 'jobid'],
    ['/api/status?job_ids=JOB', 'job_ids', 'job_id'],
    ['/api/status?JobID=JOB', 'JobID', 'jobid'],
    ['/api/visits?StoreID=S1', 'StoreID', 'store_id'],
    ['/api/jobs?STATUS=failed', 'STATUS', 'status'],
  ])(
    'an unknown query parameter is refused, and the error names the nearest known one: %s',
    async (target, name, nearest) => {
      const { status, json } = await ask('GET', target);
      expect([status, json.code, json.details]).toEqual([
        400,
        'unknown_parameter',
        [{ path: name, message: expect.any(String) }],
      ]);
      const hint =
        nearest === undefined
          ? 'which takes format, time_zone, limit, cursor, area_code, q'
          : `and the nearest one is ${nearest}`;
      expect(json.error).toContain(`${name} is not a parameter of this route, ${hint}`);
      expect(json.error).toMatch(/\w\.$/);
    },
  );

  it.each([
    ['GET', '/api/jobs/JOB'],
    ['GET', '/api/jobs/JOB/events'],
    ['POST', '/api/jobs/JOB/cancel'],
    ['POST', '/api/jobs/JOB/retry'],
    ['POST', '/api/jobs/JOB/callback'],
    ['DELETE', '/api/jobs/JOB'],
    ['GET', '/api/stores/S1'],
    ['DELETE', '/api/stores/S1'],
    ['POST', '/api/stores/import'],
    ['GET', '/api/me'],
  ])('a route without query parameters refuses any: %s %s', async (method, target) => {
    const { status, json } = await ask(method, `${target}?x=1`);
    expect([status, json.error]).toEqual([400, 'x is not a parameter of this route, which takes none.']);
  });

  it('an unknown query parameter is refused before a job is created', async () => {
    const { status, json } = await shelfline.post('/api/jobs?refrence=a', JOB);
    expect([status, json.code]).toEqual([400, 'unknown_parameter']);
    expect((await shelfline.get('/api/jobs')).json.items).toHaveLength(1);
  });

  it.each(['__proto__', 'constructor', 'a[b]', '%00', '%0d%0aX:1', '%F0%9F%98%80', 'x'.repeat(4_000)])(
    'an unknown query parameter may have any name: %s',
    async (name) => {
      const { status, json } = await ask('GET', `/api/jobs?${name}=1`);
      expect([status, json.code]).toEqual([400, 'unknown_parameter']);
      expect(json.error).toMatch(/^\P{Cc}{1,64} is not a parameter/u);
    },
  );

  it('unknown query parameters are among the first 20 faults', async () => {
    const query = Array.from({ length: 500 }, (_, n) => `x${n}=1`).join('&');
    const { json } = await ask('GET', `/api/jobs?${query}`);
    expect(json.details).toHaveLength(20);
  });

  it.each([
    '/api/jobs?_=1732000000',
    '/api/stores?limit=1&_=',
    '/api/jobs?',
    '/api/jobs?status=&_=1',
    '/docs?x=1',
    '/health/live?x=1',
  ])('a parameter that is empty, named _ or sent to a page is accepted: %s', async (target) => {
    expect((await fetch(`${shelfline.origin}${target}`)).status).toBe(200);
  });
});

describe('a server without keys', () => {
  it('a server without keys shows that everything is allowed', async () => {
    const { status, json } = await ask('GET', '/api/me');
    const scopes = ['read', 'submit', 'review', 'manage', 'metrics'];
    expect([status, json]).toEqual([200, { name: null, scopes, share: null }]);
  });

  it('a server without keys refuses a body that no route reads', async () => {
    const response = await fetch(`${shelfline.origin}/api/stores/S1`, {
      method: 'DELETE',
      body: 'x'.repeat(20_000),
    });
    expect(response.status).toBe(413);
  });

  it('a server without keys records no submitter', async () => {
    expect((await ask('GET', '/api/jobs/JOB')).json).toMatchObject({ submitted_by: null });
  });
});

describe('the status of a job', () => {
  it('the status of a job is also found by job_id', async () => {
    const { status, json } = await ask('GET', '/api/status?job_id=JOB');
    expect([status, json.job_id]).toEqual([200, jobId]);
    expect((await ask('GET', '/api/status?jobid=&job_id=JOB')).status).toBe(200);
    expect((await ask('GET', '/api/status?job_id=x')).json).toEqual({ error: 'Job not found' });
    expect((await ask('GET', '/api/status?job_id=')).json).toEqual({ error: 'JobID is required' });
  });
});

describe('a method that a path does not take', () => {
  it.each([
    ['PUT', '/api/jobs', 'GET, HEAD, POST', 'PUT is not supported on /api/jobs; use GET or POST.'],
    ['PATCH', '/api/jobs/', 'GET, HEAD, POST', 'PATCH is not supported on /api/jobs/; use GET or POST.'],
    ['GET', '/api/submit', 'POST', 'GET is not supported on /api/submit; use POST.'],
    ['POST', '/API/Status', 'GET, HEAD', 'POST is not supported on /API/Status; use GET.'],
    ['PUT', '/api/jobs/x', 'GET, HEAD, DELETE', 'PUT is not supported on /api/jobs/x; use GET or DELETE.'],
    ['GET', '/api/jobs/x/cancel', 'POST', 'GET is not supported on /api/jobs/x/cancel; use POST.'],
    ['POST', '/api/jobs/x/images', 'GET, HEAD', undefined],
    ['DELETE', '/api/jobs/x/events', 'GET, HEAD', undefined],
    ['DELETE', '/api/visits', 'GET, HEAD', undefined],
    [
      'PATCH',
      '/api/stores/S1',
      'GET, HEAD, PUT, DELETE',
      'PATCH is not supported on /api/stores/S1; use GET, PUT or DELETE.',
    ],
    ['POST', '/api/me', 'GET, HEAD', undefined],
    ['POST', '/metrics', 'GET, HEAD', undefined],
    ['DELETE', '/health/live', 'GET, HEAD', undefined],
    ['PUT', '/openapi.json', 'GET, HEAD', undefined],
    ['PROPFIND', '/docs', 'GET, HEAD', undefined],
  ])('a method that a path does not support is refused: %s %s', async (method, target, allow, error) => {
    const answer = await ask(method, target);
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, allow]);
    expect(answer.json).toEqual({
      error: error ?? `${method} is not supported on ${target}; use GET.`,
      code: 'method_not_allowed',
      details: [],
    });
  });

  it.each([
    ['PATCH', '/api/nothing'],
    ['PATCH', '/api/jobs/x/y/z'],
    ['POST', '/nothing'],
    ['PUT', '/api'],
  ])('an unknown path is 404 for any method: %s %s', async (method, target) => {
    expect((await ask(method, target)).status).toBe(404);
  });

  it('OPTIONS answers 405 with the methods of the path, and HEAD works where GET does', async () => {
    expect((await ask('HEAD', '/api/jobs')).status).toBe(200);
    const options = await fetch(`${shelfline.origin}/api/jobs`, { method: 'OPTIONS' });
    expect([options.status, options.headers.get('allow')]).toEqual([405, 'GET, HEAD, POST']);
  });
});

describe('the two names of the id of a job', () => {
  it("the two names of a job's id must not contradict each other", async () => {
    const [one, other] = [
      'job_20241116100000_00000000000000000000',
      'job_20241116100000_00000000000000000001',
    ];
    const { status, json } = await ask('GET', `/api/status?jobid=${one}&job_id=${other}`);
    expect([status, json.error]).toEqual([400, 'job_id must be the same as jobid, or left out.']);
    expect((await ask('GET', `/api/status?jobid=${one}&job_id=${one}`)).json).toEqual({
      error: 'Job not found',
    });
  });
});

describe('a body without its header', () => {
  const send = async (method: string, target: string, body: string, type?: string): Promise<Answer> => {
    // Bytes, so that nothing else than what is given becomes the type.
    const bytes = new TextEncoder().encode(body);
    const response = await fetch(`${shelfline.origin}${target}`, {
      method,
      body: bytes,
      headers: type === undefined ? {} : { 'content-type': type },
    });
    return { status: response.status, headers: response.headers, text: '', json: await response.json() };
  };
  const FORM = 'application/x-www-form-urlencoded';

  it.each([
    ['POST', '/api/jobs', JSON.stringify(JOB), undefined, 'The body has no Content-Type header.'],
    ['POST', '/api/jobs', JSON.stringify(JOB), FORM, `The body came as ${FORM}.`],
    ['POST', '/api/submit', JSON.stringify(JOB), 'text/plain;charset=UTF-8', 'The body came as text/plain.'],
    ['PUT', '/api/stores/S1', '{}', FORM, `The body came as ${FORM}.`],
    ['PUT', '/api/stores/S1', '{}', undefined, 'The body has no Content-Type header.'],
    ['POST', '/api/stores/import', 'AreaCode', FORM, `The body came as ${FORM}.`],
  ])(
    'a body without its header is answered with the header to send: %s %s %s %s',
    async (method, target, body, type, begin) => {
      const { status, json } = await send(method, target, body, type);
      expect([status, json.code]).toEqual([415, 'unsupported_media_type']);
      expect(json.error.slice(0, begin.length)).toBe(begin);
      expect(json.error).toContain(
        target.endsWith('import')
          ? 'the header "Content-Type: text/csv"'
          : 'the header "Content-Type: application/json"',
      );
    },
  );
});
