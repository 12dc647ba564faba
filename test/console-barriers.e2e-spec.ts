/** That people with a keyboard or a screen reader can use the console: axe in a real Chromium finds nothing serious. */
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createShelflineClient, type ShelflineClient } from 'shelfline-client';
import { startBrowser } from './support/browser.js';
import { ConsolePage, type PageOptions } from './support/console-page.js';
import { createTestDatabase, type TestDatabase } from './support/database.js';
import { ImageHost } from './support/image-host.js';
import { ServerProcess } from './support/server-process.js';

const GIF = Buffer.from('GIF89a\x02\x00\x03\x00\0\0\0;', 'latin1');
const KEY = 'the-key-of-the-test-0123';
const TIME = '2026-11-17T12:00:00Z';
const WORKBOOK = fileURLToPath(new URL('fixtures/workbooks/title-and-totals.xlsx', import.meta.url));

const browser = await startBrowser();
if ('reason' in browser) console.warn(`The console is not examined in a browser: ${browser.reason}`);
const inBrowser = 'reason' in browser ? describe.skip : describe;

inBrowser('the console without barriers', () => {
  let database: TestDatabase;
  let host: ImageHost;
  let server: ServerProcess;
  let client: ShelflineClient;
  const pages: ConsolePage[] = [];

  beforeAll(async () => {
    database = await createTestDatabase();
    host = await ImageHost.start();
    server = await ServerProcess.start({ DATABASE_URL: database.url, API_KEYS: KEY });
    client = createShelflineClient({ origin: server.origin, apiKey: KEY });
  });

  afterEach(async () => {
    for (const page of pages.splice(0)) await page.close();
  });

  afterAll(async () => {
    if (!('reason' in browser)) await browser.close();
    await server.kill('SIGKILL');
    await database.drop();
    await host.close();
  });

  async function open(path: string, options: PageOptions): Promise<ConsolePage> {
    if ('reason' in browser) throw new Error(browser.reason);
    const tab = await ConsolePage.open(browser, server.origin, options);
    pages.push(tab);
    await tab.page.goto(`${server.origin}${path}`);
    await tab.page.locator('h1, h2').first().waitFor();
    return tab;
  }

  async function submitEnded(urls: readonly string[], reference: string): Promise<string> {
    const visits = urls.map((url) => ({ store_id: 'RP00002', image_url: [url], visit_time: TIME }));
    const { job_id: jobId } = await client.jobs.submit({ count: visits.length, visits, reference });
    for await (const event of client.jobs.events(jobId)) if (event.type === 'finished') break;
    return jobId;
  }

  describe.each(['light', 'dark'])('in the %s theme', (scheme) => {
    const options = { key: KEY, isDark: scheme === 'dark' };

    it.each([
      ['the sign-in', '/', { isDark: scheme === 'dark' }],
      ['the list of jobs', '/jobs', options],
      ['the list of jobs without a hit', '/jobs?q=nobody', options],
      ['a new job', '/new', options],
      ['an unknown page', '/jobs/job_20241116100000_00000000000000000000', options],
      ['a phone', '/jobs', { ...options, width: 390, height: 844 }],
    ] as const)('%s has no barrier', async (_name, path, pageOptions) => {
      const tab = await open(path, pageOptions);
      expect(await tab.findBarriers()).toEqual([]);
    });

    it('a job and the steps of a new one have no barrier', async () => {
      const jobId = await submitEnded([host.url('/gone.gif'), host.serve('/seen.gif', GIF)], 'seen');
      const tab = await open(`/jobs/${jobId}`, options);
      const { page } = tab;
      await page.getByRole('table', { name: 'Photos of the job' }).waitFor();
      expect(await tab.findBarriers()).toEqual([]);
      await tab.goto('/new');
      await page.locator('input[type=file]').setInputFiles(WORKBOOK);
      await page.getByText('How times are read').waitFor();
      expect(await tab.findBarriers()).toEqual([]);
      await page.getByRole('button', { name: 'Check 4 rows' }).click();
      await page.getByText('3 rows fine').waitFor();
      expect(await tab.findBarriers()).toEqual([]);
    });
  });
});
