/** The console in a real Chromium, on the built server with its workers. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createShelflineClient, type ShelflineClient } from 'shelfline-client';
import { startBrowser } from './support/browser.js';
import { ConsolePage, type PageOptions } from './support/console-page.js';
import { createTestDatabase, type TestDatabase } from './support/database.js';
import { Gate, ImageHost } from './support/image-host.js';
import { ServerProcess } from './support/server-process.js';
import { until } from './support/until.js';

const GIF = Buffer.from('GIF89a\x02\x00\x03\x00\0\0\0;', 'latin1');
const KEY = 'the-key-of-the-test-0123';
const READER = 'the-key-of-a-reader-0123';
const TIME = '2026-11-17T12:00:00Z';
const WORKBOOK = fileURLToPath(new URL('fixtures/workbooks/title-and-totals.xlsx', import.meta.url));

const browser = await startBrowser();
if ('reason' in browser) console.warn(`The console is not tested in a browser: ${browser.reason}`);
const inBrowser = 'reason' in browser ? describe.skip : describe;

inBrowser('the console in a browser', () => {
  let database: TestDatabase;
  let host: ImageHost;
  let server: ServerProcess;
  let client: ShelflineClient;
  const pages: ConsolePage[] = [];

  beforeAll(async () => {
    database = await createTestDatabase();
    host = await ImageHost.start();
    server = await start();
    client = createShelflineClient({ origin: server.origin, apiKey: KEY });
  });

  afterEach(async () => {
    const faults = pages.flatMap((page) => page.faults);
    for (const page of pages.splice(0)) await page.close();
    if (faults.length > 0) throw new Error(`The page complains:\n${faults.join('\n')}`);
  });

  afterAll(async () => {
    if (!('reason' in browser)) await browser.close();
    await server.kill('SIGKILL');
    await database.drop();
    await host.close();
  });

  async function start(port = '0'): Promise<ServerProcess> {
    return ServerProcess.start({
      DATABASE_URL: database.url,
      PORT: port,
      API_KEYS: `all:read+submit+review+manage+metrics:${KEY},reader:read:${READER}`,
      IMAGE_RETRY_BASE_MS: '50',
    });
  }

  async function open(path: string, options: PageOptions = { key: KEY }): Promise<ConsolePage> {
    if ('reason' in browser) throw new Error(browser.reason);
    const page = await ConsolePage.open(browser, server.origin, options);
    pages.push(page);
    await page.goto(path);
    return page;
  }

  async function submit(urls: readonly string[], reference: string): Promise<string> {
    const visits = urls.map((url) => ({ store_id: 'RP00002', image_url: [url], visit_time: TIME }));
    return (await client.jobs.submit({ count: visits.length, visits, reference })).job_id;
  }

  async function submitEnded(urls: readonly string[], reference: string): Promise<string> {
    const jobId = await submit(urls, reference);
    for await (const event of client.jobs.events(jobId)) if (event.type === 'finished') break;
    return jobId;
  }

  it('asks for a key, says when it is wrong, and keeps the right one for the session of the tab only', async () => {
    const { page } = await open('/', {});
    await page.getByLabel('Key', { exact: true }).fill('wrong');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('The server does not know this key').waitFor();
    await page.getByLabel('Key', { exact: true }).fill(KEY);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Jobs', exact: true }).waitFor();
    expect(page.url()).toBe(`${server.origin}/jobs`);
    await page.reload();
    await page.getByRole('heading', { name: 'Jobs', exact: true }).waitFor();
    expect(await page.evaluate<string>('JSON.stringify(localStorage)')).not.toContain(KEY);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  });

  it('shows only what the scopes of the key allow', async () => {
    const jobId = await submitEnded([host.url('/never.gif')], 'for readers');
    const { page } = await open(`/jobs/${jobId}`, { key: READER });
    await page.getByRole('heading', { name: 'for readers' }).waitFor();
    for (const name of ['Try 1 photo again', 'More', 'Cancel job'])
      expect(await page.getByRole('button', { name }).count()).toBe(0);
    expect(await page.getByRole('link', { name: 'New job' }).count()).toBe(0);
    await page.goto(`${server.origin}/new`);
    await page.getByText('It needs a key with the scope “submit”').waitFor();
  });

  it('makes a job of an Excel file with a title and totals in a few clicks', async () => {
    const tab = await open('/jobs');
    const { page } = tab;
    await page.getByRole('link', { name: 'New job' }).click();
    await page.locator('input[type=file]').setInputFiles(WORKBOOK);
    await page.getByText('Store, visit time and photos are matched').waitFor();
    expect(tab.address).toBe('/new/columns');
    await page.getByRole('button', { name: 'Check 4 rows' }).click();
    await page.getByText('3 rows fine').waitFor();
    const row = page.getByRole('row').filter({ hasText: 'Total' });
    await row.getByText('Is empty, and required.').waitFor();
    await page.getByLabel('Job name').fill('Week 47');
    await page.getByRole('button', { name: 'Submit 3 visits, leave out 1 row' }).click();
    await page.getByRole('heading', { name: 'Week 47' }).waitFor();
    expect(tab.address).toMatch(/^\/jobs\/job_\w+$/);
    const [job] = await Array.fromAsync(client.jobs.list({ reference: 'Week 47' }));
    expect(job).toMatchObject({ count: 3, images: { total: 3 } });
    const visits = await Array.fromAsync(client.visits.list({ job_id: job?.job_id ?? '' }));
    expect(visits.at(-1)).toMatchObject({ store_id: 'RP00002', visit_time: '2026-11-17T11:36:00.000Z' });
  });

  it('lets a faulty cell be mended beside what is wrong with it', async () => {
    const { page } = await open('/new');
    const csv = `store_id,image_url,visit_time\nRP00002,${host.serve('/mended.gif', GIF)},27/11\n`;
    await page
      .locator('input[type=file]')
      .setInputFiles({ name: 'mend.csv', mimeType: 'text/csv', buffer: Buffer.from(csv) });
    await page.getByRole('button', { name: 'Check 1 row' }).click();
    await page.getByText('No row can be submitted yet').waitFor();
    await page.getByLabel('Visit time of row 2').fill('2026-11-27 09:10');
    await page.getByRole('button', { name: 'Check 1 change' }).click();
    await page.getByRole('button', { name: 'Submit 1 visit', exact: true }).waitFor();
    // Leaving asks first.
    await page.getByRole('link', { name: 'Jobs', exact: true }).click();
    await page.getByRole('button', { name: 'No, go back' }).click();
    await page.getByRole('button', { name: 'Submit 1 visit', exact: true }).click();
    await page.getByText('All 1 photo').waitFor();
    expect(await Array.fromAsync(client.jobs.list({ reference: 'mend' }))).toMatchObject([{ count: 1 }]);
  });

  it('follows a job to its end, and recovers by itself when the server restarts', async () => {
    const gate = new Gate();
    const urls = [host.serve('/quick.gif', GIF), host.serve('/held.gif', GIF, { gate })];
    const jobId = await submit(urls, 'restarted');
    const { page } = await open(`/jobs/${jobId}`);
    await page.getByText('Live', { exact: true }).waitFor();
    await page.getByText('1 of 2 photos').waitFor();
    const { port } = new URL(server.origin);
    await server.kill('SIGKILL');
    await page.getByText('The server does not answer.').waitFor();
    await page.getByText('Not live').waitFor();
    expect(await page.getByRole('button', { name: 'Cancel job' }).isDisabled()).toBe(true);
    server = await start(port);
    gate.open();
    await page.getByText('Done', { exact: true }).waitFor({ timeout: 60_000 });
    expect(await page.getByText('The server does not answer.').count()).toBe(0);
  });

  it('groups failures, and keeps the filter in the address and in the history', async () => {
    const gone = Array.from({ length: 3 }, (_, n) => host.url(`/gone-${n}.jpg`));
    const webPage = host.handle('/page', (_request, response) =>
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html></html>'),
    );
    const jobId = await submitEnded([...gone, webPage, host.serve('/good.gif', GIF)], 'with failures');
    const tab = await open('/jobs?status=failed');
    const { page } = tab;
    await page.getByRole('link', { name: 'with failures' }).click();
    await page.getByText('4 failed, 2 causes').waitFor();
    await page.getByRole('button', { name: 'Show 3 photos: The photo is no longer there' }).click();
    const rows = page.getByRole('table', { name: 'Photos of the job' }).getByRole('row');
    await rows.filter({ hasText: 'good.gif' }).waitFor({ state: 'detached' });
    expect(await rows.count()).toBe(4);
    expect(tab.address).toBe(`/jobs/${jobId}?status=failed&error_code=http_status&host=127.0.0.1`);
    await page.reload();
    await rows.filter({ hasText: 'gone-2.jpg' }).waitFor();
    await page.goBack();
    await page.getByRole('heading', { name: 'Jobs', exact: true }).waitFor();
    expect(tab.address).toBe('/jobs?status=failed');
  });

  it('cancels, tries again and deletes a job after a clear question', async () => {
    const gate = new Gate();
    const jobId = await submit([host.serve('/stopped.gif', GIF, { gate })], 'controlled');
    const tab = await open(`/jobs/${jobId}`);
    const { page } = tab;
    await page.getByRole('button', { name: 'Cancel job' }).click();
    await page.getByText('1 photo that waits will not be fetched').waitFor();
    await page.getByRole('button', { name: 'Cancel the job' }).click();
    await page.getByText('Cancelled', { exact: true }).waitFor();
    gate.open();
    await page.getByRole('button', { name: 'Try 1 photo again' }).click();
    await page.getByText('Done', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'More' }).click();
    await page.getByRole('menuitem', { name: 'Delete job' }).click();
    await page.getByText('Its 1 visit and 1 photo result go. This cannot be undone.').waitFor();
    await page.getByRole('button', { name: 'Delete 1 visit' }).click();
    await page.getByRole('heading', { name: 'Jobs', exact: true }).waitFor();
    await expect(client.jobs.get(jobId)).rejects.toMatchObject({ status: 404 });
  });

  it('downloads the photos as CSV with the key', async () => {
    const jobId = await submitEnded([host.serve('/saved.gif', GIF)], 'to save');
    const { page } = await open(`/jobs/${jobId}`);
    await page.getByRole('button', { name: 'Download' }).click();
    const downloading = page.waitForEvent('download');
    await page.getByRole('menuitem', { name: 'All photos as CSV' }).click();
    const download = await downloading;
    expect(download.suggestedFilename()).toBe('to save.csv');
    expect(await readFile(await download.path(), 'utf8')).toContain('saved.gif');
  });

  it('scrolls through a hundred thousand photos with few rows in the document', async () => {
    const line = (n: number): string =>
      JSON.stringify({ store_id: 'NOWHERE', image_url: [`${host.origin()}/${n}.gif`], visit_time: TIME });
    const content = Array.from({ length: 100_000 }, (_, n) => line(n)).join('\n');
    const file = { type: 'application/x-ndjson', content } as const;
    const { job_id: jobId } = await client.jobs.submitFile(file, { reference: 'large' });
    const { page } = await open(`/jobs/${jobId}`);
    const table = page.getByRole('table', { name: 'Photos of the job' });
    await table.getByRole('row').nth(1).waitFor();
    // To the end of what is loaded, until all is.
    await until(
      async () => {
        await page.keyboard.press('End');
        return (await table.getByText('99999.gif').count()) > 0 ? true : undefined;
      },
      'the last photo',
      60_000,
    );
    expect(await table.getByRole('row').count()).toBeLessThan(100);
  }, 120_000);
});
