/** Files and forms that people send by mistake: the answer says what they are, and what to do. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Answer, TestApplication } from './support/application.js';

const SHEET = 'store_id,image_url,visit_time';
const ROW = 'RP00002,http://pictures.test/1.jpg,2026-11-17T08:00:00Z';
const CSV = { 'content-type': 'text/csv' };

describe('a file that is sent by mistake', () => {
  let shelfline: TestApplication;

  beforeAll(async () => {
    shelfline = await TestApplication.start({ ROLE: 'api' });
  });

  afterAll(async () => {
    await shelfline.close();
  });

  const kept = async (): Promise<unknown[]> => shelfline.database.query('SELECT 1 FROM shelfline.job');
  async function sendForm(path: string, fields: readonly (readonly [string, string])[]): Promise<Answer> {
    const form = new FormData();
    for (const [name, value] of fields) form.append(name, value);
    const text = path === '/api/jobs' ? `${SHEET}\n${ROW}\n` : 'AreaCode,StoreName,StoreID\n1,Shop,S1\n';
    form.append('file', new Blob([text]), 'file.csv');
    const response = await fetch(`${shelfline.origin}${path}`, { method: 'POST', body: form });
    const answer = await response.text();
    return { status: response.status, headers: response.headers, text: answer, json: JSON.parse(answer) };
  }

  const text = `${SHEET}\n${ROW}\n`;
  const files: readonly (readonly [string, Buffer, string])[] = [
    ['an Excel workbook', Buffer.from('PK\x03\x04\x14\0\x06\0rest', 'latin1'), 'Excel workbook (.xlsx)'],
    ['an old Excel workbook', Buffer.from('d0cf11e0a1b11ae10000', 'hex'), 'old Excel workbook (.xls)'],
    ['a PDF', Buffer.from('%PDF-1.7\n%\xe2\xe3\xcf\xd3\n', 'latin1'), 'is a PDF'],
    ['UTF-16 without its mark', Buffer.from(text, 'utf16le'), 'charset=utf-16le'],
    ['UTF-16 in the other order', Buffer.from(text, 'utf16le').swap16(), 'charset=utf-16be'],
  ];

  it.each(['/api/jobs', '/api/stores/import'])('a wrong file type is named by %s', async (path) => {
    const before = await kept();
    for (const [what, file, sentence] of files) {
      const { status, json } = await shelfline.post(path, file, CSV);
      expect([what, status, json.code]).toEqual([what, 400, 'malformed_csv']);
      expect(json.error).toContain(sentence);
      expect(json.error).toContain('CSV UTF-8');
      expect(json.details).toEqual([{ path: 'Row 1', message: expect.stringContaining(sentence) }]);
    }
    expect(await kept()).toEqual(before);
  });

  it.each(files)(
    'a wrong file type is a fault of the first row in a dry run: %s',
    async (_what, file, sentence) => {
      const { json } = await shelfline.post('/api/jobs?dry_run=true', file, CSV);
      expect(json).toMatchObject({
        fault_count: 1,
        faults: [{ row: 1, column: null, value: null, message: expect.stringContaining(sentence) }],
      });
    },
  );

  it('a CSV file whose charset is declared may begin like a workbook', async () => {
    const named = await shelfline.post('/api/jobs', Buffer.from(text, 'utf16le'), {
      'content-type': 'text/csv; charset=utf-16le',
    });
    const chance = await shelfline.post('/api/jobs', `PK,${SHEET}\nx,${ROW}\n`, CSV);
    expect([named.status, chance.status]).toEqual([201, 201]);
  });

  it('a file with headings only is refused at their row', async () => {
    const empty = `\n${SHEET}\n,,\n`;
    const fault = 'holds the headings, and no visit follows: the file must hold at least one visit';
    const sent = await shelfline.post('/api/jobs', empty, CSV);
    expect([sent.status, sent.json.details]).toEqual([400, [{ path: 'Row 2', message: fault }]]);
    const dry = await shelfline.post('/api/jobs?dry_run=true', empty, CSV);
    expect(dry.json.faults).toEqual([{ row: 2, column: null, value: null, message: fault }]);
    const counted = await shelfline.post('/api/jobs?count=1', empty, CSV);
    expect(counted.json).toEqual({ error: "The 'count' field does not match the number of 'visits'." });
    const lines = await shelfline.post('/api/jobs?dry_run=true', '\n', {
      'content-type': 'application/x-ndjson',
    });
    expect(lines.json.faults).toEqual([
      { row: null, column: null, value: null, message: 'must hold at least one visit' },
    ]);
  });

  it.each([
    ['/api/jobs', 'timezone', 'time_zone'],
    ['/api/jobs', 'Reference', 'reference'],
    ['/api/stores/import', 'charsett', 'charset'],
  ])(
    'a form for %s with the unknown field %s is refused, and the error names %s',
    async (path, field, nearest) => {
      const before = await kept();
      const { status, json } = await sendForm(path, [[field, 'utf-8']]);
      expect([status, json.code, json.details]).toEqual([
        400,
        'unknown_field',
        [{ path: field, message: `is not a field of this form, and the nearest one is ${nearest}` }],
      ]);
      expect(await kept()).toEqual(before);
      expect((await shelfline.get('/api/stores/S1')).status).toBe(404);
    },
  );

  it('a form with a part without a name is refused', async () => {
    const part = '--X\r\nContent-Disposition: form-data\r\n\r\nx\r\n';
    const file = `--X\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n${text}\r\n--X--\r\n`;
    const { status, json } = await shelfline.post('/api/jobs', part + file, {
      'content-type': 'multipart/form-data; boundary=X',
    });
    expect([status, json.code]).toEqual([400, 'unknown_field']);
    expect((await shelfline.get('/health/live')).status).toBe(200);
  });

  it('a form with known fields is accepted', async () => {
    expect((await sendForm('/api/jobs', [['reference', 'week 46']])).status).toBe(201);
  });
});
