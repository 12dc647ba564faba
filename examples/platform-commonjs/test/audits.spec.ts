import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { ApiError, ImagesService, JobsService, StoresService, waitForJob } from 'shelfline';
import { AuditsService } from '../src/audits.service';
import { PlatformModule } from '../src/platform.module';

const GIF = Buffer.from('GIF89a\x02\x00\x03\x00\0\0\0;', 'latin1');

let photos: Server;
let app: INestApplication;

beforeAll(async () => {
  photos = createServer((_, response) => response.end(GIF));
  await new Promise<void>((resolve) => photos.listen(0, '127.0.0.1', resolve));
  process.env['PHOTO_NETWORKS'] = '127.0.0.0/8';
  const testing = await Test.createTestingModule({ imports: [PlatformModule] }).compile();
  app = testing.createNestApplication({ logger: ['warn', 'error'] });
  await app.listen(0, '127.0.0.1');
});

afterAll(async () => {
  await app.close();
  photos.close();
});

function visit(): { store_id: string; image_url: string[]; visit_time: Date } {
  const { port } = photos.address() as AddressInfo;
  return { store_id: 'A1', image_url: [`http://127.0.0.1:${port}/shelf.gif`], visit_time: new Date() };
}

it('an audit has a job that measures its photos', async () => {
  await app
    .get(StoresService, { strict: false })
    .put({ store_id: 'A1', store_name: 'Corner', area_code: '7' });
  const { job_id } = await app.get(AuditsService).begin('Monday', [visit()]);
  const job = await waitForJob(app.get(JobsService, { strict: false }), job_id);
  expect(job.status).toBe('completed');
  const { items } = await app.get(ImagesService, { strict: false }).list(job_id);
  expect(items).toMatchObject([{ width: 2, height: 3, perimeter: 10 }]);
  const answer = await fetch(`${await app.getUrl()}/photos/status?jobid=${job_id}`);
  expect(await answer.json()).toEqual({ job_id, status: 'completed' });
});

it('an audit without visits is refused with an error of the package', async () => {
  await expect(app.get(AuditsService).begin('Tuesday', [])).rejects.toThrow(ApiError);
});
