import { execFile } from 'node:child_process';
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestApplication } from './support/application.js';
import { CommandLine } from './support/command-line.js';
import { Gate, ImageHost } from './support/image-host.js';
import { nextEvent } from './support/until.js';

const GIF = Buffer.from('GIF89a\x02\x00\x03\x00\0\0\0;', 'latin1');
const KEY = 'a-key';

describe('the command line', () => {
  let host: ImageHost;
  let shelfline: TestApplication;
  let folder: string;

  beforeAll(async () => {
    host = await ImageHost.start();
    host.serve('/a.gif', GIF);
    shelfline = await TestApplication.start({ API_KEYS: KEY });
    folder = await mkdtemp(join(tmpdir(), 'shelfline-cli-'));
  });

  afterAll(async () => {
    await shelfline.close();
    await host.close();
    await rm(folder, { recursive: true });
  });

  function start(
    args: readonly string[],
    environment: Record<string, string> = {},
    input: string | null = '',
    canPrint = true,
  ): CommandLine {
    const server = { SHELFLINE_URL: `${shelfline.origin}/`, SHELFLINE_API_KEY: KEY };
    return new CommandLine(args, { ...server, ...environment }, input, canPrint);
  }

  async function run(
    args: readonly string[],
    environment: Record<string, string> = {},
    input = '',
  ): Promise<{ status: number | null; out: string; err: string }> {
    const process = start(args, environment, input);
    const status = await process.end();
    return { status, out: process.out, err: process.err };
  }

  async function file(name: string, content: string): Promise<string> {
    await writeFile(join(folder, name), content);
    return join(folder, name);
  }

  const csv = (...paths: string[]): string =>
    [
      'store_id,image_url,visit_time',
      ...paths.map((path) => `RP00002,${host.url(path)},2024-11-16T12:00:00Z`),
    ].join('\n');
  const json = (...paths: string[]): string =>
    JSON.stringify({
      count: 1,
      visits: [
        {
          store_id: 'RP00002',
          visit_time: '2024-11-16T12:00:00Z',
          image_url: paths.map((path) => host.url(path)),
        },
      ],
    });

  it('submit shows the progress to the end of the job, and exits with the status of the job', async () => {
    const failed = await run(['submit', await file('visits.csv', csv('/a.gif', '/lost.gif')), '--watch']);
    expect(failed.status).toBe(1);
    const jobId = failed.out.trim();
    expect(failed.out).toMatch(/^job_\d{14}_[0-9a-f]+\n$/);
    expect(failed.err).toMatch(/^\d\/2 images \(\d+ %\): .* measured/);
    expect(failed.err).toContain(`${jobId} failed\n`);
    expect(failed.err).toContain(
      `RP00002  Image download failed: ${host.url('/lost.gif')}: the host answered 404`,
    );

    host.serve('/lost.gif', GIF);
    const retried = await run(['retry', jobId, '--watch', '--json']);
    expect(retried.status).toBe(0);
    expect(JSON.parse(retried.out)).toEqual(
      (await shelfline.get(`/api/jobs/${jobId}`, { 'x-api-key': KEY })).json,
    );
  });

  it('a dry run checks a file without submitting it, with local times in the time zone of the command line', async () => {
    const local = `Store ID;Image URL;Visit Time;Rep\nRP00002;${host.url('/a.gif')};17/11/2026 17:06;7\nNOWHERE;${host.url('/a.gif')};17/11/2026 17:06;7\n`;
    const zone = ['--time-zone', 'Asia/Kolkata'];
    const before = await shelfline.database.query('SELECT job_id FROM shelfline.job');
    const checked = await run(['submit', '-', '-t', 'csv', '--dry-run', ...zone], {}, local);
    expect(checked).toEqual({
      status: 0,
      out:
        'Valid: 2 visits, 2 images. Nothing was submitted.\nColumn Store ID: store_id\nColumn Image URL: image_url\n' +
        'Column Visit Time: visit_time\nColumn Rep: metadata\nUnknown store NOWHERE: 1 visit\n',
      err: '',
    });
    const asJson = await run(
      ['submit', '-', '-t', 'json', '--dry-run', '--json', ...zone],
      {},
      json('/a.gif'),
    );
    expect(JSON.parse(asJson.out)).toMatchObject({ valid: true, visits: 1 });
    const refused = await run(['submit', '-', '-t', 'csv', '--dry-run'], {}, local);
    expect([refused.status, refused.err]).toEqual([2, expect.stringContaining('Row 2: Visit Time')]);
    const watched = await run(['submit', '-', '-t', 'csv', '--dry-run', '--watch'], {}, local);
    expect([watched.status, watched.err]).toEqual([2, expect.stringContaining('leave out --watch')]);
    expect(await shelfline.database.query('SELECT job_id FROM shelfline.job')).toEqual(before);
    const submitted = await run(['submit', '-', '-t', 'csv', ...zone], {}, local);
    const { json: images } = await shelfline.get(`/api/jobs/${submitted.out.trim()}/images`, {
      'x-api-key': KEY,
    });
    expect(images.items[0].visit_time).toBe('2026-11-17T11:36:00.000Z');
    const results = await run(['results', submitted.out.trim(), '--status', 'skipped']);
    expect(results.out).toContain('– The store master has no store NOWHERE, so the image was not fetched');
  });

  it('submit reads standard input, and job fields from options', async () => {
    const args = ['submit', '-', '--type', 'json', '--reference', 'woche 46 ✓', '--idempotency-key', 'ключ'];
    const first = await run([...args, '--json', '--watch'], {}, json('/a.gif'));
    expect(first.status).toBe(0);
    expect(JSON.parse(first.out)).toMatchObject({ reference: 'woche 46 ✓', status: 'completed' });
    const again = await run(args, {}, json('/a.gif'));
    expect(again).toMatchObject({ status: 0, out: `${JSON.parse(first.out).job_id}\n`, err: '' });
    const streamed = await run([
      'submit',
      await file('visits.jsonl', JSON.stringify(JSON.parse(json('/a.gif')).visits[0])),
      '--reference',
      'ü',
    ]);
    const { out } = await run(['status', streamed.out.trim(), '--json']);
    expect(JSON.parse(out)).toMatchObject({ job_id: streamed.out.trim(), reference: 'ü' });
  });

  it('the exit status differs for a cancelled job and for Ctrl-C, which does not cancel the job', async () => {
    const gate = new Gate();
    const held = host.serve('/held.gif', GIF, { gate });
    const submitted = await run(['submit', '-t', 'csv', '-'], {}, csv('/held.gif'));
    const jobId = submitted.out.trim();
    await host.arrived(1, new URL(held).pathname);
    const [one, two] = [start(['watch', jobId]), start(['watch', jobId])];
    await Promise.all([one.says(/0\/1 image/), two.says(/0\/1 image/)]);
    one.kill('SIGINT');
    expect(await one.end()).toBe(130);
    expect(one.err).toContain(`The job goes on: shelfline watch ${jobId}`);
    const cancelled = await run(['cancel', jobId]);
    expect(cancelled).toMatchObject({ status: 0, out: expect.stringContaining(`${jobId} cancelled`) });
    expect(await two.end()).toBe(3);
    gate.open();
  });

  it.each(['SIGINT', 'SIGTERM'] as const)(
    '%s ends a command that reads an endless standard input',
    async (signal) => {
      const args = ['submit', '-', '--type', 'json', '--reference', 'x'];
      const process = start(args, {}, null);
      await process.feed(Buffer.alloc(8_388_608, ' '));
      process.kill(signal);
      expect(await process.end()).toBe(130);
    },
  );

  it('submit reads a named pipe, and can be aborted while nothing writes to it', async () => {
    const pipe = join(folder, 'pipe.csv');
    await promisify(execFile)('mkfifo', [pipe]);
    const whole = start(['submit', pipe]);
    await writeFile(pipe, csv('/a.gif'));
    expect([await whole.end(), whole.out]).toEqual([0, expect.stringMatching(/^job_/)]);

    const silent = start(['submit', pipe]);
    const writer = await open(pipe, 'w');
    silent.kill('SIGTERM');
    expect(await silent.end()).toBe(130);
    await writer.close();
  });

  it('results are printed as a table, and with all of them as they arrive', async () => {
    const many = Array.from({ length: 300 }, (_, n) => `/a.gif?${'x'.repeat(1900)}${n}`);
    const { out: jobId } = await run(['submit', await file('many.csv', csv(...many))]);
    const path = `/api/jobs/${jobId.trim()}/images`;
    const all = await run(['results', jobId.trim(), '--format', 'csv']);
    expect(all.out.split('\n')).toHaveLength(302);
    expect(all.out.split('\n')[0]).toBe(
      (await shelfline.get(path, { 'x-api-key': KEY, accept: 'text/csv' })).text.split('\n')[0],
    );
    const table = await run(['results', jobId.trim(), '--limit', '2']);
    expect(table.out).toContain('│ RP00002 │');
    expect(table.out.trim().split('\n')).toHaveLength(5);
    expect(table.err).toContain('the first 2');

    const left = start(['results', jobId.trim(), '--format', 'ndjson']);
    await nextEvent(left.stdout, 'data');
    left.stdout.destroy();
    expect([await left.end(), left.err]).toEqual([0, '']);
  });

  it('a store import names the rejected rows', async () => {
    const rows = 'StoreID,StoreName,AreaCode\nCLI1,One,1\n,Nameless,2\n';
    const imported = await run(['stores', 'import', await file('stores.csv', rows)]);
    expect(imported).toMatchObject({
      status: 1,
      out: '2 stores: 1 new, 0 changed, 0 as they were, 1 rejected\n',
    });
    expect(imported.err).toMatch(/^ {2}row 3: /);
    const again = await run(['stores', 'import', '-', '--json'], {}, rows.replace(',Nameless,2\n', ''));
    expect(again.status).toBe(0);
    expect(JSON.parse(again.out)).toMatchObject({ received: 1, unchanged: 1 });
  });

  it.each<[string, string[], Record<string, string>, number, RegExp]>([
    ['no such job', ['watch', 'nope'], {}, 2, /^shelfline: Job not found\n$/],
    ['an empty id', ['status', '', '--json'], {}, 2, /It is not the id of a job/],
    ['an id that is a path', ['results', '..'], {}, 2, /It is not the id of a job/],
    [
      'no server',
      ['status', 'x', '--url', 'http://127.0.0.1:9999'],
      {},
      4,
      /^shelfline: The server at http:\/\/127\.0\.0\.1:9999 can't be reached: nothing listens there \(ECONNREFUSED\)\n$/,
    ],
    [
      'no key',
      ['status', 'x'],
      { SHELFLINE_API_KEY: '' },
      2,
      /^shelfline: The server at \S+ wants a valid key: /,
    ],
    ['no file', ['submit', 'none.csv'], {}, 2, /^shelfline: There is no file none\.csv\n$/],
    [
      'a file that breaks',
      ['submit', '/proc/self/mem', '-t', 'csv'],
      {},
      2,
      /^shelfline: .*\/proc\/self\/mem/,
    ],
    ['no type', ['submit', '-'], {}, 2, /^shelfline: Standard input .* add --type/],
    [
      'no such command',
      ['sumbit'],
      {},
      2,
      /^shelfline: unknown command 'sumbit' \(Did you mean submit\?\)\n$/,
    ],
    [
      'no URL',
      ['status', 'x'],
      { SHELFLINE_URL: 'ftp://x' },
      2,
      /SHELFLINE_URL.*https:\/\/shelfline\.example\.com/,
    ],
  ])(
    'an invalid command line is reported in one line: %s',
    async (_what, args, environment, status, said) => {
      const { err, ...others } = await run(args, environment);
      expect(others).toEqual({ status, out: '' });
      expect(err).toMatch(said);
    },
  );

  describe('where another server answers', () => {
    const answer = { type: '', body: '' };
    const other = createServer((_request, response) => {
      response.writeHead(200, { 'content-type': answer.type }).end(answer.body);
    });
    const foreign = async (args: readonly string[]) =>
      run(args, { SHELFLINE_URL: `http://127.0.0.1:${(other.address() as AddressInfo).port}` }, 'x');

    beforeAll(async () => {
      await nextEvent(other.listen(0, '127.0.0.1'), 'listening');
    });

    afterAll(async () => {
      await nextEvent(other.close(), 'close');
    });

    const COMMANDS = [
      ['submit', '-', '--type', 'csv'],
      ['status', 'x'],
      ['watch', 'x'],
      ['results', 'x'],
      ['cancel', 'x'],
      ['retry', 'x'],
      ['stores', 'import', '-'],
    ];
    it.each([
      ...[...COMMANDS, ['results', 'x', '--format', 'csv'], ['results', 'x', '--json']].map(
        (args) => ['a page', 'text/html', '<h1>Log in</h1>', args] as const,
      ),
      ...COMMANDS.map((args) => ['JSON of its own', 'application/json', '{"items":[{}]}', args] as const),
    ])('an unexpected answer is reported: %s (%s %s), %j', async (_what, type, body, args) => {
      Object.assign(answer, { type, body });
      expect(await foreign(args)).toEqual({
        status: 2,
        out: '',
        err: expect.stringMatching(/^.* does not answer as Shelfline does: check --url.*\n$/),
      });
    });
  });

  it('a submission that is refused for now is reported with when to retry, and not as possibly accepted', async () => {
    const strict = await TestApplication.start({ API_KEYS: KEY, RATE_LIMIT_PER_MINUTE: '1' });
    const submission = ['submit', '-', '--type', 'csv', '--url', strict.origin];
    await run(submission, {}, csv('/a.gif'));
    const second = await run(submission, {}, csv('/a.gif'));
    await strict.close();
    expect(second).toMatchObject({ status: 4, out: '' });
    expect(second.err).toMatch(/^shelfline: More than 1 requests in a minute\. [^.]* \(wait \d+ s\)\n$/);
  });

  it('a script gets the id of its job although the job cannot be watched to its end', async () => {
    const strict = await TestApplication.start({ API_KEYS: KEY, RATE_LIMIT_PER_MINUTE: '1' });
    const submission = ['submit', '-', '--type', 'csv', '--url', strict.origin];
    const given = await run([...submission, '--watch', '--json', '--patience', '0'], {}, csv('/a.gif'));
    await strict.close();
    expect(given.status).toBe(4);
    expect(JSON.parse(given.out)).toEqual({ job_id: expect.stringMatching(/^job_/) });
    expect(JSON.parse(given.err)).toMatchObject({ code: 'too_many_requests' });
  });

  it('each fault of a submission is reported, to scripts as JSON', async () => {
    const bad = await file(
      'bad.json',
      '{"count":2,"visits":[{"store_id":"","image_url":[],"visit_time":"now"}]}',
    );
    const { status, err } = await run(['submit', bad]);
    expect(status).toBe(2);
    expect(err).toMatch(/^shelfline: /);
    const asJson = await run(['submit', bad, '--json']);
    expect(JSON.parse(asJson.err)).toMatchObject({ error: expect.any(String), code: expect.any(String) });
  });

  it.each([
    [['status', '--nope', 'x', '--json'], "unknown option '--nope'"],
    [['--json', 'status'], "missing required argument 'job'"],
    [['status', 'x', '--url', 'ftp://x', '--json'], expect.stringMatching(/It is not a URL/)],
    [['stores', '--json'], 'A command is missing'],
  ])('scripts get wrong usage as JSON: %j', async (args, error) => {
    const { err, ...others } = await run(args);
    expect(others).toEqual({ status: 2, out: '' });
    expect(JSON.parse(err)).toEqual({ error, code: 'usage', details: [] });
  });

  it('only arguments before -- are options', async () => {
    const { err } = await run(['status', '--', '--json', 'x']);
    expect(err).toMatch(/^shelfline: /);
  });

  it.each([
    ['help', ['--help'], /^shelfline: The output can't be written: .*\n$/],
    ['a line', ['submit', '-', '--type', 'csv'], /^shelfline: The output can't be written: .*\n$/],
    ['what streams', ['results', '--format', 'csv'], /^shelfline: The output can't be written: .*\n$/],
    ['JSON', ['status', '--json'], /^\{"error":"The output can't be written: .*"usage","details":\[\]\}\n$/],
  ])('output that cannot be written is reported: %s', async (_what, args, said) => {
    const { out: jobId } = await run(['submit', '-', '--type', 'csv'], {}, csv('/a.gif'));
    const ids = args[0] === 'results' || args[0] === 'status' ? [jobId.trim()] : [];
    const mute = start([...args, ...ids], {}, csv('/a.gif'), false);
    expect(await mute.end()).toBe(2);
    expect(mute.err).toMatch(said);
  });

  it('help has examples', async () => {
    const help = await run(['submit', '--help']);
    expect(help).toMatchObject({ status: 0, err: '' });
    expect(help.out).toMatch(/Examples:\n {2}\$ shelfline submit/);
    expect(help.out).toContain('SHELFLINE_URL');
  });
});
