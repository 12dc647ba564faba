import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openFile, getFileType, withFields } from './submission-file.js';

let folder: string;

const { signal } = new AbortController();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shelfline-cli-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

async function file(name: string, content: string): Promise<string> {
  await writeFile(join(folder, name), content);
  return join(folder, name);
}

describe('what a file holds', () => {
  it.each([
    ['a.json', undefined, 'json'],
    ['A.CSV', undefined, 'csv'],
    ['a.b/c.ndjson', undefined, 'ndjson'],
    ['a.jsonl', undefined, 'ndjson'],
    ['a.txt', 'csv', 'csv'],
    ['a.json', 'ndjson', 'ndjson'],
    ['-', 'json', 'json'],
  ] as const)('%s, told %s: %s', (name, told, type) => {
    expect(getFileType(name, told)).toBe(type);
  });

  it.each(['-', 'a', 'a.txt', '.json'])('has to be given for %s', (name) => {
    expect(() => getFileType(name, undefined)).toThrow('add --type json, ndjson or csv');
  });
});

describe('a file', () => {
  it('is read as it stands', async () => {
    expect(await text(await openFile(await file('a.csv', 'a\r\n\uFEFFb')))).toBe('a\r\n\uFEFFb');
  });

  it('that is not there, or a folder, is named', async () => {
    await expect(openFile(join(folder, 'none.csv'))).rejects.toThrow(/^There is no file .*none\.csv$/);
    await expect(openFile(folder)).rejects.toThrow('is a folder');
    await expect(withFields(join(folder, 'none.json'), {}, signal)).rejects.toThrow('There is no file');
    await expect(withFields(folder, {}, signal)).rejects.toThrow('is a folder');
  });

  it('of JSON takes fields of the command line, which count instead of its own', async () => {
    const name = await file('b.json', '\uFEFF{"count":1,"reference":"its own","visits":[]}');
    expect(JSON.parse(await text(await withFields(name, { reference: 'ours' }, signal)))).toEqual({
      count: 1,
      reference: 'ours',
      visits: [],
    });
  });

  it.each([
    ['{"count":1', 'is not JSON'],
    ['[]', 'holds no JSON object'],
    ['null', 'holds no JSON object'],
  ])('of %s takes none', async (content, fault) => {
    await expect(withFields(await file('c.json', content), { reference: 'x' }, signal)).rejects.toThrow(
      fault,
    );
  });

  it('of JSON is read up to a length', async () => {
    const name = await file('d.json', JSON.stringify({ visits: 'x'.repeat(1_048_576) }));
    await expect(withFields(name, { reference: 'x' }, signal, 1_048_576)).rejects.toThrow(
      /d\.json is longer than 1 MiB.*NDJSON and CSV stream$/,
    );
    await expect(withFields(name, { reference: 'x' }, signal, 2_097_152)).resolves.toBeInstanceOf(Readable);
  });
});
