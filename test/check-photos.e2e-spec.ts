import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from './support/database.js';
import { toExifBlock, TAGS, withExif } from './support/exif.js';

const SCRIPT = fileURLToPath(new URL('../scripts/check-photos.ts', import.meta.url));
const FIXTURES = fileURLToPath(new URL('fixtures/images/', import.meta.url));

/** A program that answers as exiftool does, with what stands in a file beside it. */
const FAKE_EXIFTOOL = `
import { readFileSync } from 'node:fs';
if (process.argv.includes('-ver')) {
  console.log('99.9');
} else {
  const known = JSON.parse(readFileSync(new URL('tags.json', import.meta.url), 'utf8'));
  const files = readFileSync(0, 'utf8').split('\\n').filter((line) => line !== '');
  const named = (file) => Object.keys(known).find((name) => file.endsWith('/' + name));
  console.log(JSON.stringify(files.filter(named).map((file) => ({ SourceFile: file, ...known[named(file)] }))));
}`;

describe('npm run check:photos', () => {
  let folder: string;
  let photos: string;
  let exiftool: string;
  let database: TestDatabase;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'shelfline-check-photos-'));
    database = await createTestDatabase();
    photos = join(folder, 'photos');
    exiftool = join(folder, 'exiftool');
    await mkdir(join(photos, 'week 46', '.cache'), { recursive: true });
    await writeFile(join(folder, 'exiftool.mjs'), FAKE_EXIFTOOL);
    await writeFile(
      exiftool,
      `#!/bin/sh\nexec "${process.execPath}" "${join(folder, 'exiftool.mjs')}" "$@"\n`,
    );
    await chmod(exiftool, 0o755);
    const jpeg = await readFile(join(FIXTURES, 'shelf-front.jpg'));
    const block = toExifBlock({ image: [[TAGS.model, 'Shelf 3'], [TAGS.modifiedAt, '2024:11:16 12:00:00']] }); // prettier-ignore
    await writeFile(join(photos, 'week 46', 'Regal "süd" 1.jpg'), withExif(jpeg, block));
    await copyFile(join(FIXTURES, 'endcap.png'), join(photos, 'endcap.png'));
    await writeFile(join(photos, 'broken.jpg'), jpeg.subarray(0, 40));
    await writeFile(join(photos, 'empty.jpg'), '');
    await writeFile(join(photos, 'notes.txt'), 'no photo');
    await writeFile(join(photos, 'week 46', '.cache', 'hidden.jpg'), jpeg);
  });

  afterAll(async () => {
    await database.drop();
    await rm(folder, { recursive: true });
  });

  async function known(tags: Record<string, object>): Promise<void> {
    await writeFile(join(folder, 'tags.json'), JSON.stringify(tags));
  }

  interface Outcome {
    readonly status: number | null;
    readonly out: string;
    readonly err: string;
  }

  /** On the database of this file, which spares an embedded one. */
  async function run(...args: string[]): Promise<Outcome> {
    return runIn({ DATABASE_URL: database.url }, args);
  }

  async function runIn(settings: Record<string, string>, args: string[]): Promise<Outcome> {
    const env = { PATH: process.env['PATH'], HOME: process.env['HOME'], ...settings };
    const child = spawn(process.execPath, [SCRIPT, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let [out, err] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => (out += chunk));
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => (err += chunk));
    await once(child, 'close');
    return { status: child.exitCode, out, err };
  }

  const size = (width: number, height: number): object => ({
    'File:FileType': 'JPEG',
    'File:MIMEType': 'image/jpeg',
    'File:ImageWidth': width,
    'File:ImageHeight': height,
  });

  it('check:photos names each value that exiftool reads differently, and counts all files', async () => {
    await known({
      'Regal "süd" 1.jpg': {
        ...size(213, 160),
        'IFD0:Model': 'Shelf 4',
        'IFD0:ModifyDate': '2024:11:16 12:00:00',
      },
      'endcap.png': size(1, 2),
      'broken.jpg': size(213, 160),
    });
    const { status, out, err } = await run(photos, '--json', '--exiftool', exiftool);
    const lines = out.trim().split('\n').map((line): Record<string, unknown> => JSON.parse(line)); // prettier-ignore
    const { summary } = lines.pop() ?? {};
    expect(lines).toEqual(
      expect.arrayContaining([
        { file: 'week 46/Regal "süd" 1.jpg', field: 'camera', shelfline: 'Shelf 3', exiftool: 'Shelf 4' },
        { file: 'endcap.png', field: 'width', shelfline: expect.any(Number), exiftool: 1 },
        { file: 'broken.jpg', field: 'status', shelfline: 'broken_image', exiftool: '213 x 160' },
      ]),
    );
    expect(summary).toMatchObject({
      files: 5,
      succeeded: 2,
      failed: 3,
      compared: 3,
      formats: {
        jpg: { succeeded: 1, failed: 2 },
        png: { succeeded: 1, failed: 0 },
        txt: { succeeded: 0, failed: 1 },
      },
    });
    expect(err).toContain('exiftool 99.9');
    expect(status).toBe(1);
    const [left] = await database.query(
      `SELECT (SELECT count(*)::int FROM shelfline.job) AS jobs,
              (SELECT count(*)::int FROM shelfline.store WHERE store_id = 'CHECK-PHOTOS') AS stores`,
    );
    expect(left).toEqual({ jobs: 0, stores: 0 });
  });

  it('check:photos prints only failures if exiftool is not installed, and says so', async () => {
    const { status, out, err } = await runIn({}, [photos, '--exiftool', join(folder, 'nowhere')]);
    expect(err).toContain('exiftool is not installed');
    expect(out).toMatch(/^status +broken_image .+ broken\.jpg$/m);
    expect(out).toMatch(/^status +not_an_image .+ notes\.txt$/m);
    expect(out).not.toMatch(/^\w+ .+ endcap\.png$/m);
    expect(out).toContain('2 measured, 3 failed');
    expect(status).toBe(1);
  });

  it('check:photos exits with 0 if nothing differs, also without ranges', async () => {
    await known({
      'Regal "süd" 1.jpg': {
        ...size(213, 160),
        'IFD0:Model': 'Shelf 3',
        'IFD0:ModifyDate': '2024:11:16 12:00:00',
      },
    });
    const { status, out } = await run(join(photos, 'week 46'), '--no-ranges', '--exiftool', exiftool);
    expect(out).toContain('1 file compared with exiftool: 0 disagreements');
    expect(status).toBe(0);
  });

  it.each<[string, string[], RegExp]>([
    ['no folder', [], /Name one folder/],
    ['two folders', ['/tmp', '/tmp'], /Name one folder/],
    ['a folder that is none', [SCRIPT], /is not a folder/],
    ['an unknown option', ['/tmp', '--fast'], /Unknown option '--fast'/],
  ])('check:photos prints its usage if it is given %s', async (_, args, reason) => {
    const { status, out, err } = await run(...args);
    expect(err).toMatch(reason);
    expect(err).toContain('Usage: npm run check:photos -- FOLDER');
    expect([status, out]).toEqual([2, '']);
  });

  it('check:photos prints its help', async () => {
    const { status, out } = await run('--help');
    expect(out).toContain('--no-ranges');
    expect(status).toBe(0);
  });
});
