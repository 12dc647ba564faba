import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { StoresService } from '../src/index.js';
import { type Answer, TestApplication } from './support/application.js';

const HEADER = 'AreaCode,StoreName,StoreID,Latitude,Longitude,RadiusMeters';
const NOWHERE = { latitude: null, longitude: null, radius_meters: null };

describe('the position of a store', () => {
  let shelfline: TestApplication;

  beforeAll(async () => {
    shelfline = await TestApplication.start({ ROLE: 'api' });
  });

  afterAll(async () => {
    await shelfline.close();
  });

  beforeEach(async () => {
    await shelfline.database.query('TRUNCATE shelfline.store');
  });

  const importCsv = async (...rows: string[]): Promise<Answer> =>
    shelfline.post('/api/stores/import', rows.join('\r\n'), { 'content-type': 'text/csv' });
  const put = async (id: string, body: unknown): Promise<Answer> =>
    shelfline.send('PUT', `/api/stores/${id}`, body);
  /** The position of each store by its id. */
  async function positions(): Promise<Record<string, unknown>> {
    const { items } = (await shelfline.get('/api/stores')).json;
    return Object.fromEntries(
      items.map(({ store_id, latitude, longitude, radius_meters }: Record<string, string>) => [
        store_id,
        [latitude, longitude, radius_meters],
      ]),
    );
  }

  it('the position of a store is in every read, stays if a change omits it, and null clears it', async () => {
    const place = { latitude: 12.9716, longitude: -77.5946, radius_meters: 200.5 };
    const store = { store_id: 'A1', store_name: 'Corner', area_code: '7', ...place };
    const made = await put('A1', { store_name: 'Corner', area_code: '7', ...place });
    expect([made.status, made.json]).toEqual([201, store]);
    const renamed = await put('A1', { store_name: 'Mill' });
    expect([renamed.status, renamed.json]).toEqual([200, { ...store, store_name: 'Mill' }]);
    expect((await put('A1', { radius_meters: null })).json).toMatchObject({ ...place, radius_meters: null });
    expect((await put('A1', { latitude: 13 })).json).toMatchObject({ latitude: 13, longitude: -77.5946 });
    const cleared = await put('A1', { latitude: null, longitude: null });
    expect(cleared.json).toEqual({ ...store, store_name: 'Mill', ...NOWHERE });
    expect((await shelfline.get('/api/stores/A1')).json).toEqual(cleared.json);
    expect((await shelfline.get('/api/stores')).json.items).toEqual([cleared.json]);
  });

  it.each([
    ['latitude', { latitude: 90.1, longitude: 1 }],
    ['latitude', { latitude: '12', longitude: 1 }],
    ['longitude', { latitude: 1, longitude: -180.5 }],
    ['longitude', { latitude: 1 }],
    ['latitude', { longitude: 1 }],
    ['latitude', { latitude: null, longitude: 1 }],
    ['radius_meters', { radius_meters: 0.5 }],
    ['radius_meters', { radius_meters: -5 }],
    ['radius_meters', { radius_meters: 1_000_001 }],
    ['radius_meters', { radius_meters: true }],
    ['store_name', { store_name: null }],
  ])('the position of a store is refused if %s is wrong: %j', async (path, body) => {
    const answer = await put('A1', { store_name: 'Corner', area_code: '7', ...body });
    expect([answer.status, answer.json.details.map((fault: { path: string }) => fault.path)]).toEqual([
      400,
      [path],
    ]);
    expect(await positions()).toEqual({});
  });

  it('a change that would leave half a position is refused', async () => {
    await put('A1', { store_name: 'Corner', area_code: '7', latitude: 1, longitude: 2 });
    const answer = await put('A1', { latitude: null });
    expect([answer.status, answer.json.error]).toEqual([
      400,
      'latitude must be given together with the longitude.',
    ]);
    expect(await positions()).toEqual({ A1: [1, 2, null] });
  });

  it('a position may be at the ends of the earth, and exactly 0, 0 is no position', async () => {
    const base = { store_name: 'Corner', area_code: '7' };
    await put('A1', { ...base, latitude: -90, longitude: 180, radius_meters: 1_000_000 });
    await put('A2', { ...base, latitude: 0, longitude: 0, radius_meters: 5 });
    await put('A3', { ...base, latitude: 0, longitude: 0.1 });
    await importCsv(HEADER, '7,Corner,A4,0.0,0,', '7,Corner,A5,0,1,');
    expect(await positions()).toEqual({
      A1: [-90, 180, 1_000_000],
      A2: [null, null, 5],
      A3: [0, 0.1, null],
      A4: [null, null, null],
      A5: [0, 1, null],
    });
  });

  it('positions may have decimal commas if the separator is another character', async () => {
    const answer = await importCsv(
      '\uFEFFAreaCode;StoreName;StoreID;Latitude;Longitude;RadiusMeters',
      '0071;"Shop ""At the Gate""";A1;52,5163;13,3777;250',
      '0071;Café;A2;52.5170;-13,3889;',
      '0072;Nowhere;A3;;;',
      ';;;;;',
    );
    expect(answer.json).toMatchObject({ received: 3, inserted: 3, rejected_count: 0 });
    expect(await positions()).toEqual({
      A1: [52.5163, 13.3777, 250],
      A2: [52.517, -13.3889, null],
      A3: [null, null, null],
    });
  });

  it('an import rejects rows with impossible positions, and imports the others', async () => {
    await importCsv('AreaCode,StoreName,StoreID', '71,Old Shop,S72', '71,Same Shop,S73', '71,Stays,S79');
    const { json } = await importCsv(
      HEADER,
      '71,New Shop,S71,12.9716,77.5946,200',
      '71,Renamed Shop,S72,,,',
      '71,Same Shop,S73,,,',
      '71,No Id,,,,',
      '71,Far North,S74,95.1,77.5946,',
      '71,Half a Place,S75,12.9716,,',
      '71,Small Radius,S76,12.9716,77.5946,-5',
      '71,Words,S77,n/a,n/a,',
      '71,Comma,S78,"12,5",1,',
      ',,,,,',
    );
    expect(json).toEqual({
      received: 9,
      inserted: 1,
      updated: 1,
      unchanged: 1,
      rejected_count: 6,
      rejected: [
        { line: 5, error: 'StoreID must have 1 to 64 characters' },
        { line: 6, error: 'Latitude "95.1" must be a number from -90 to 90' },
        { line: 7, error: 'Longitude must be given together with the latitude' },
        { line: 8, error: 'RadiusMeters "-5" must be a number from 1 to 1000000' },
        { line: 9, error: 'Latitude "n/a" is not a number' },
        {
          line: 10,
          error:
            'Latitude "12,5" is not a number: write a decimal point in a file that is separated by commas',
        },
      ],
    });
    expect(await positions()).toEqual({
      S71: [12.9716, 77.5946, 200],
      S72: [null, null, null],
      S73: [null, null, null],
      S79: [null, null, null],
    });
  });

  it('a position stays if the file has no column for it, is cleared by an empty cell, and counts as a change', async () => {
    const rows = ['7,Corner,A1,1.5,2.5,100', '7,Mill,A2,3,4,'];
    expect((await importCsv(HEADER, ...rows)).json).toMatchObject({ inserted: 2 });
    expect((await importCsv(HEADER, ...rows)).json).toMatchObject({ unchanged: 2, updated: 0 });
    const short = await importCsv('AreaCode,StoreName,StoreID', '7,Corner,A1', '7,Moved,A2');
    expect(short.json).toMatchObject({ unchanged: 1, updated: 1 });
    const radius = await importCsv(
      'Area Code,Store Name,Store ID,RADIUS_METERS',
      '7,Corner,A1,',
      '7,Moved,A2,50',
    );
    expect(radius.json).toMatchObject({ unchanged: 0, updated: 2 });
    expect(await positions()).toEqual({ A1: [1.5, 2.5, null], A2: [3, 4, 50] });
    const cleared = await importCsv(
      'AreaCode,StoreName,StoreID,Latitude,Longitude',
      '7,Corner,A1,,',
      '7,Moved,A2,3,4',
    );
    expect(cleared.json).toMatchObject({ unchanged: 1, updated: 1 });
    expect(await positions()).toEqual({ A1: [null, null, null], A2: [3, 4, 50] });
  });

  it('an import rejects two rows of a store with different positions', async () => {
    const { json } = await importCsv(HEADER, '7,Corner,A1,1,2,', '7,Corner,A1,1,2,', '7,Corner,A1,1,3,');
    expect([json.inserted, json.unchanged, json.rejected]).toEqual([
      1,
      1,
      [{ line: 4, error: 'StoreID "A1" stands in row 2 with other values' }],
    ]);
  });

  it.each([
    ['Latitude', 'AreaCode,StoreName,StoreID,Latitude', 'stands alone'],
    ['Longitude', 'AreaCode,StoreName,StoreID,Longitude,RadiusMeters', 'stands alone'],
    ['Longitud', 'AreaCode,StoreName,StoreID,Latitude,Longitud', 'is almost the column Longitude'],
  ])('an import is refused at the heading %s of %s', async (heading, header, message) => {
    const answer = await importCsv(header, '7,Corner,A1,1,2');
    expect([answer.status, answer.json.details[0]]).toEqual([
      400,
      { path: `Row 1: ${heading}`, message: expect.stringContaining(message) },
    ]);
  });

  it('concurrent changes of one store keep every changed field', async () => {
    const answers = await Promise.all([
      put('A1', { store_name: 'Corner', area_code: '7', latitude: 1, longitude: 2 }),
      put('A1', { store_name: 'Corner', area_code: '7', radius_meters: 100 }),
      put('A1', { store_name: 'Corner', area_code: '7' }),
    ]);
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 200, 201]);
    expect(await positions()).toEqual({ A1: [1, 2, 100] });
  });

  it('the module stores positions, and validates them', async () => {
    const stores = shelfline.app.get(StoresService, { strict: false });
    expect(await stores.put({ store_id: 'A1', store_name: 'Corner', area_code: '7' })).toBe(true);
    expect(await stores.put({ store_id: 'A1', latitude: 1, longitude: 2 })).toBe(false);
    expect(await stores.get('A1')).toMatchObject({ store_name: 'Corner', latitude: 1, longitude: 2 });
    await expect(stores.put({ store_id: 'A1', latitude: 91 })).rejects.toMatchObject({ status: 400 });
  });
});
