/** Spreadsheets as people save them, sent as they are to a real server: test/fixtures/spreadsheets. */
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ImageResultView } from '../src/images/results/result-fields.js';
import { type Answer, TestApplication } from './support/application.js';

interface RightVisit {
  readonly store_id: string;
  readonly image_url: readonly string[];
  readonly visit_time: string;
  readonly reference?: string;
  readonly metadata?: Readonly<Record<string, string>>;
}

interface RightFault {
  readonly row: number | null;
  readonly column: string;
  readonly value: string | null;
}

interface Run {
  readonly query: Readonly<Record<string, string>>;
  readonly answer: 'visits' | 'refused';
  readonly dry_run?: Readonly<Record<string, unknown>>;
  readonly visits?: readonly RightVisit[];
  readonly faults?: readonly RightFault[];
  readonly may_also_name?: readonly number[];
}

interface Case {
  readonly about: string;
  readonly send: 'job' | 'stores';
  readonly runs: readonly Run[];
}

const FOLDER = new URL('fixtures/spreadsheets/', import.meta.url);
const CASES: Readonly<Record<string, Case>> = JSON.parse(
  await readFile(new URL('right-values.json', FOLDER), 'utf8'),
);
const RUNS = Object.entries(CASES)
  .filter(([, { send }]) => send === 'job')
  .flatMap(([file, { runs }]) => runs.map((run): [string, string, Run] => [file, toQuery(run.query), run]));

function toQuery(
  query: Readonly<Record<string, string>>,
  more: Readonly<Record<string, string>> = {},
): string {
  const text = new URLSearchParams({ ...query, ...more }).toString();
  return text === '' ? '' : `?${text}`;
}

/** A heading, a key or a value as people compare them. */
const comparable = (text: string): string => text.toLowerCase().replaceAll(/[\s_-]/g, '');

describe('a spreadsheet', () => {
  let shelfline: TestApplication;

  beforeAll(async () => {
    shelfline = await TestApplication.start({ ROLE: 'api' });
    await shelfline.database.query('DELETE FROM shelfline.store');
    await shelfline.database.query(
      `INSERT INTO shelfline.store (store_id, store_name, area_code)
       SELECT 'SHOP-' || lpad(n::text, 2, '0'), 'Shop', '1' FROM generate_series(1, 50) AS n`,
    );
  });

  afterAll(async () => {
    await shelfline.close();
  });

  const send = async (file: string, query: string): Promise<Answer> =>
    shelfline.post(`/api/jobs${query}`, await readFile(new URL(file, FOLDER)), {
      'content-type': 'text/csv',
    });

  async function sendForm(file: string, fields: Readonly<Record<string, string>>): Promise<Answer> {
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.append(name, value);
    form.append('file', new Blob([await readFile(new URL(file, FOLDER))]), file);
    const response = await fetch(`${shelfline.origin}/api/jobs`, { method: 'POST', body: form });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, json: JSON.parse(text) };
  }

  async function rows(): Promise<unknown[]> {
    return shelfline.database.query(
      'SELECT job::text FROM shelfline.image UNION ALL SELECT job_id FROM shelfline.job',
    );
  }

  /** The visits of a job in their order, as the results of its images say. */
  async function kept(jobId: string): Promise<RightVisit[]> {
    const { json } = await shelfline.get(`/api/jobs/${jobId}/images?limit=1000`);
    const images: readonly ImageResultView[] = json.items;
    const visits = new Map<string, RightVisit & { image_url: string[] }>();
    for (const image of images) {
      const { store_id, visit_time, visit_reference, visit_metadata } = image;
      const visit: RightVisit & { image_url: string[] } = visits.get(image.visit_id) ?? {
        store_id,
        visit_time,
        image_url: [],
        ...(visit_reference !== null && { reference: visit_reference }),
        ...(Object.keys(visit_metadata).length > 0 && { metadata: visit_metadata }),
      };
      visits.set(image.visit_id, visit);
      visit.image_url.push(image.image_url);
    }
    return [...visits.values()];
  }

  async function shouldHold(answer: Answer, { visits = [] }: Run): Promise<void> {
    expect(answer.status).toBe(201);
    const bare = visits.map(({ store_id, image_url, visit_time, reference, metadata }) => ({
      store_id,
      image_url,
      visit_time,
      ...(reference !== undefined && { reference }),
      ...(metadata !== undefined && { metadata }),
    }));
    expect(await kept(answer.json.job_id)).toEqual(bare);
  }

  function shouldName(found: readonly RightFault[], { faults = [], may_also_name = [] }: Run): void {
    for (const { row, column, value } of faults) {
      const same = found.find(
        (each) => each.row === row && comparable(each.column ?? '') === comparable(column),
      );
      expect({ row, column, found: same !== undefined }).toEqual({ row, column, found: true });
      if (value === null || value.endsWith('…'))
        expect(same?.value ?? '').toContain(value?.slice(0, -1) ?? '');
      else expect(same?.value).toBe(value);
    }
    const named = new Set([...faults.map(({ row }) => row), ...may_also_name]);
    expect(found.filter(({ row }) => !named.has(row))).toEqual([]);
  }

  it.each(RUNS)('makes of %s%s what a person means by it', async (file, query, run) => {
    const before = await rows();
    const answer = await send(file, query);
    if (run.answer === 'visits') return shouldHold(answer, run);
    expect(answer.status).toBe(400);
    for (const { row, column } of run.faults ?? []) {
      const places = answer.json.details.map(({ path }: { path: string }) => path);
      expect(places).toContain(row === null ? column : `Row ${row}: ${column}`);
    }
    expect(await rows()).toEqual(before);
  });

  it.each(RUNS)('is checked without being kept: %s%s', async (file, query, run) => {
    const before = await rows();
    const answer = await send(file, toQuery(run.query, { dry_run: 'true' }));
    if (run.answer === 'visits') {
      expect(answer.json).toMatchObject({ valid: true, ...run.dry_run });
      expect(answer.status).toBe(200);
    } else {
      expect(answer.status).toBe(400);
      shouldName(answer.json.faults, run);
      expect(answer.json.fault_count).toBe(answer.json.faults.length);
    }
    expect(query).not.toContain('dry_run');
    expect(await rows()).toEqual(before);
  });

  it.each(RUNS)('is the same as a file in a form: %s%s', async (file, _query, run) => {
    const answer = await sendForm(file, run.query);
    if (run.answer === 'visits') return shouldHold(answer, run);
    expect(answer.status).toBe(400);
    const dry = await sendForm(file, { ...run.query, dry_run: 'true' });
    expect(dry.status).toBe(400);
    shouldName(dry.json.faults, run);
  });
});
