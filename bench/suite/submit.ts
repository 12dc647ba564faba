import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type Installation, jpegUrls, type ServerProcess, submitStream, visitLines } from './installation.ts';
import { type Figure, median, quantile } from './report.ts';

const PROBER = fileURLToPath(new URL('../hosts/prober.ts', import.meta.url));
const STREAMED_IMAGES = 1_000_000;
const IMAGES_PER_VISIT = 10;
/** Streamed before anything counts, as a server that has run for a while has compiled what it runs. */
const WARM_IMAGES = 200_000;
/** How often somebody else asks for something, in milliseconds. */
const EVERY_MS = 20;
const DOCUMENTS = [
  { images: 100, times: 100, atMost: 15 },
  { images: 1_000, times: 40, atMost: 60 },
  { images: 10_000, times: 15, atMost: 400 },
];

/** How long a submission takes, and whoever asks for something beside it. Nothing is processed meanwhile. */
export async function submit(installation: Installation, nodeOptions: readonly string[]): Promise<Figure[]> {
  const server = await installation.serve({ ROLE: 'api' }, nodeOptions);
  const figures: Figure[] = [];
  for (const { images, times, atMost } of DOCUMENTS) {
    const urls = [...jpegUrls(installation.images, images, `json-${images}`)];
    const visits = [...visitLines(urls, IMAGES_PER_VISIT)].map((line) => JSON.parse(line) as unknown);
    const body = JSON.stringify({ count: visits.length, visits });
    const took: number[] = [];
    for (let n = 0; n < times; n += 1) took.push(await sendJson(server, body));
    figures.push({
      measure: `201 for ${images.toLocaleString('en')} images in JSON, median`,
      value: median(took.slice(Math.floor(times / 5))),
      unit: 'ms',
      atMost,
    });
  }
  const large = [...visitLines(jpegUrls(installation.images, 1_000_000, 'large'), IMAGES_PER_VISIT)];
  const document = `{"count":${large.length / 10},"visits":[${large.slice(0, large.length / 10).join(',')}]}`;
  // Once before: what is measured is not the first of its kind that the process sees.
  await sendJson(server, document);
  figures.push(
    ...(await beside(server, 'a document of 100,000 images', async () => sendJson(server, document))),
  );
  const sheet = (images: number): Iterable<string> => sheetLines(installation.images, images);
  for (const [name, contentType, lines, query] of [
    ['NDJSON', 'application/x-ndjson', (images: number) => large.slice(0, images / IMAGES_PER_VISIT), ''],
    ['CSV', 'text/csv', (images: number) => csvLines(installation.images, images), ''],
    ['a spreadsheet', 'text/csv', sheet, '?time_zone=Asia/Kolkata'],
    ['a spreadsheet in a dry run', 'text/csv', sheet, '?time_zone=Asia/Kolkata&dry_run=true'],
  ] as const) {
    await submitStream(server, contentType, lines(WARM_IMAGES), query);
    // Made before, as a client that makes its lines meanwhile would be measured too.
    const sent = [...lines(STREAMED_IMAGES)];
    let seconds = 0;
    const waits = await beside(server, `1,000,000 images in ${name}`, async () => {
      const began = performance.now();
      await submitStream(server, contentType, sent, query);
      seconds = (performance.now() - began) / 1000;
    });
    figures.push(
      {
        measure: `streamed as ${name}, ${IMAGES_PER_VISIT} images a visit`,
        value: STREAMED_IMAGES / seconds,
        unit: 'images/s',
        atLeast: 100_000,
      },
      ...waits,
    );
  }
  return figures;
}

function* csvLines(images: string, count: number): Generator<string> {
  yield 'visit,store_id,image_url,visit_time';
  let n = 0;
  for (const url of jpegUrls(images, count, 'csv')) {
    yield `${Math.floor(n / IMAGES_PER_VISIT)},RP00002,${url},2024-11-16T12:00:00Z`;
    n += 1;
  }
}

/** Rows as a spreadsheet writes them: semicolons, local times, references and a further column. */
function* sheetLines(images: string, count: number): Generator<string> {
  yield '\uFEFFStore ID;Image URL;Visit Time;Reference;Rep';
  let n = 0;
  for (const url of jpegUrls(images, count, 'sheet')) {
    const visit = Math.floor(n / IMAGES_PER_VISIT);
    const minute = String(visit % 60).padStart(2, '0');
    yield `RP00002;${url};17/11/2026 ${9 + (Math.floor(visit / 60) % 8)}:${minute};V-${visit};Rep ${visit % 12}`;
    n += 1;
  }
}

async function sendJson(server: ServerProcess, body: string): Promise<number> {
  const began = performance.now();
  const answer = await fetch(`${server.origin}/api/jobs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
  if (answer.status !== 201) throw new Error(await answer.text());
  await answer.arrayBuffer();
  return performance.now() - began;
}

/** How long another request waits while something is submitted, and the most memory. */
async function beside(server: ServerProcess, what: string, work: () => Promise<unknown>): Promise<Figure[]> {
  const prober = spawn(process.execPath, [PROBER, `${server.origin}/health/live`, String(EVERY_MS)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const said = createInterface({ input: prober.stdout })[Symbol.asyncIterator]();
  await said.next();
  await server.forgetPeak();
  await work();
  prober.stdin.end();
  const waits = JSON.parse(String((await said.next()).value)) as number[];
  return [
    { measure: `longest wait beside ${what}`, value: Math.max(...waits), unit: 'ms', atMost: 50 },
    { measure: `99 of 100 waits beside ${what}, within`, value: quantile(waits, 0.99), unit: 'ms' },
    { measure: `most memory at ${what}`, value: await server.peakMb(), unit: 'MB' },
  ];
}
