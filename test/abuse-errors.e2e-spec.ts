import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AttackedServer } from './support/attacked-server.js';
import { until } from './support/until.js';

/** Processor time of the main thread in one piece, in milliseconds. */
const MAX_PIECE_MS = 50;
const JOBS = 8;
/** A page holds some four million characters, and more by those of one job. */
const MAX_PAGE_CHARACTERS = 6_000_000;

interface JobsPage {
  readonly items: readonly { readonly job_id: string; readonly error: readonly unknown[] }[];
  readonly next_cursor: string | null;
}

describe('the errors of jobs whose URLs are as long as they may be', () => {
  let server: AttackedServer;
  let large: string;
  let small: string[];

  beforeAll(async () => {
    server = await AttackedServer.start({ ROLE: 'all' });
    await server.send('POST', '/api/stores/import', 'text/csv', 'AreaCode,StoreName,StoreID\n7,Corner,S1\n');
    const body = bodyOf(100);
    small = [];
    for (let n = 0; n < JOBS; n += 1) small.push(await submit(body));
    large = await submit(bodyOf(1_000));
    await until(
      async () => {
        const ongoing = (await read('/api/jobs?status=ongoing')) as JobsPage;
        return ongoing.items.length === 0 || undefined;
      },
      'the end of all jobs',
      60_000,
    );
  }, 120_000);

  afterAll(async () => {
    await server.stop();
  });

  /** A job of one visit. The address of its images is refused before anything is sent. */
  function bodyOf(images: number): string {
    const urls = Array.from({ length: images }, (_, n) => `http://10.0.0.1/${'日'.repeat(8_100)}${n}`);
    const visit = { store_id: 'S1', visit_time: '2024-11-16T12:00:00Z', image_url: urls };
    return JSON.stringify({ count: 1, visits: [visit] });
  }

  async function submit(body: string): Promise<string> {
    const answer = await fetch(`${server.origin}/api/jobs`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    return ((await answer.json()) as { job_id: string }).job_id;
  }

  async function read(path: string): Promise<unknown> {
    const answer = await fetch(`${server.origin}${path}`);
    expect(answer.status).toBe(200);
    return answer.json();
  }

  it('are told in short pieces by a status, in the order of submission', async () => {
    await server.longestPieceMs();
    const { error } = (await read(`/api/status?jobid=${large}`)) as { error: { error: string }[] };
    const longest = await server.longestPieceMs();
    expect(error.map(({ error: text }) => Number(/日(\d+):/.exec(text)?.[1]))).toEqual(
      Array.from({ length: 1_000 }, (_, n) => n),
    );
    expect(longest).toBeLessThan(MAX_PIECE_MS);
  });

  it('fill a page of jobs up to millions of characters, and go on with the next', async () => {
    const found: string[] = [];
    let cursor = '';
    do {
      await server.longestPieceMs();
      const page = (await read(`/api/jobs?limit=1000${cursor}`)) as JobsPage;
      expect(await server.longestPieceMs()).toBeLessThan(MAX_PIECE_MS);
      expect(JSON.stringify(page).length).toBeLessThan(MAX_PAGE_CHARACTERS);
      expect(page.items.every(({ error }) => error.length === 100)).toBe(true);
      found.push(...page.items.map((job) => job.job_id));
      cursor = page.next_cursor === null ? '' : `&cursor=${page.next_cursor}`;
    } while (cursor !== '');
    expect(found).toEqual([large, ...small.toReversed()]);
  });
});
