import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import type { TestApplication } from './application.js';
import { ImageHost } from './image-host.js';
import { until } from './until.js';

const FOLDER = new URL('../fixtures/photo-truth/', import.meta.url);

/** How a host answers with a file. Otherwise it serves ranges, and declares the length. */
interface Serving {
  readonly host?: 2;
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly ranges?: false;
  readonly chunked?: true;
  readonly total?: '*';
  readonly gzip?: true;
  readonly fails_until_retry?: true;
}

interface ScenarioImage {
  readonly id: string;
  readonly file: string;
  readonly url: string;
  readonly serve?: Serving;
}

interface ScenarioJob {
  readonly job: number;
  readonly time_zone?: string;
  readonly visits: readonly {
    readonly store_id: string;
    readonly visit_time: string;
    readonly images: readonly ScenarioImage[];
  }[];
}

type Step =
  { readonly submit: readonly ScenarioJob[] } | { readonly retry: number } | { readonly delete: number };

/** The evidence of a flag that is expected, and whether the flag may be absent. */
export interface ExpectedFlag {
  readonly optional?: true;
  readonly others?: readonly string[];
  readonly [field: string]: unknown;
}

export interface ExpectedImage {
  readonly status?: 'skipped' | 'failed' | 'deleted';
  readonly flags: Readonly<Record<string, ExpectedFlag>>;
  readonly any_of?: readonly (readonly string[])[];
}

/** The least and the most images of a job with each flag. */
export type ScenarioCounts = Readonly<Record<string, readonly [least: number, most: number]>>;

/** Steps on an empty database, and the flags that they must lead to. */
export interface Scenario {
  readonly settings: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
  readonly expected: {
    readonly jobs: Readonly<Record<string, { readonly status: string; readonly flags?: ScenarioCounts }>>;
    readonly images: Readonly<Record<string, ExpectedImage>>;
  };
}

export function readScenario(name: 'header' | 'zone'): Scenario {
  return JSON.parse(readFileSync(new URL(`${name}.json`, FOLDER), 'utf8')) as Scenario;
}

/** A photo of the scenarios. */
export function readPhoto(file: string): Buffer {
  return readFileSync(new URL(`images/${file}`, FOLDER));
}

/** What came of a scenario: the ids of its jobs and images, and the counts of each job when it was counted. */
export interface Played {
  readonly jobs: ReadonlyMap<number, string>;
  /** Ids of images by their name in the scenario. */
  readonly images: ReadonlyMap<string, string>;
  readonly counted: ReadonlyMap<number, { readonly status: string; readonly flags: Record<string, number> }>;
}

/** Waits until a job has ended and its flags are counted. */
export async function counted(
  shelfline: TestApplication,
  jobId: string,
): Promise<{ readonly status: string; readonly flags: Record<string, number> }> {
  return until(async () => {
    const { json } = await shelfline.get(`/api/jobs/${jobId}`);
    return json.status === 'ongoing' || json.flags === null ? undefined : json;
  }, `the flags of ${jobId}`);
}

/** Imports the stores of the scenarios. */
export async function importStores(shelfline: TestApplication): Promise<void> {
  const response = await fetch(`${shelfline.origin}/api/stores/import`, {
    method: 'POST',
    headers: { 'content-type': 'text/csv' },
    body: readFileSync(new URL('stores.csv', FOLDER)),
  });
  if (response.status !== 200) throw new Error(`the stores were refused: ${await response.text()}`);
}

/**
 * Does the steps of a scenario, each after the jobs of the one before are counted.
 *
 * @param hasRanges false for hosts that answer every request with the whole file
 */
export async function play(
  scenario: Scenario,
  shelfline: TestApplication,
  hasRanges: boolean,
): Promise<Played> {
  const hosts = [await ImageHost.start(), await ImageHost.start()] as const;
  let isRetried = false;
  const jobs = new Map<number, string>();
  const images = new Map<string, string>();
  const counts: Map<number, { status: string; flags: Record<string, number> }> = new Map();
  const submit = async (job: ScenarioJob): Promise<void> => {
    for (const { file, url, serve = {} } of job.visits.flatMap((visit) => visit.images)) {
      const answer = toAnswer(readPhoto(file), serve, hasRanges);
      hosts[serve.host === 2 ? 1 : 0].handle(url, (request, response) => {
        if (serve.fails_until_retry === true && !isRetried) response.writeHead(404).end();
        else answer(request, response);
      });
    }
    const visits = job.visits.map(({ store_id, visit_time, images: of }) => ({
      store_id,
      visit_time,
      image_url: of.map(({ url, serve }) => hosts[serve?.host === 2 ? 1 : 0].url(url)),
    }));
    const id = await shelfline.submit(
      visits,
      job.time_zone === undefined ? {} : { time_zone: job.time_zone },
    );
    jobs.set(job.job, id);
    const { json } = await shelfline.get(`/api/jobs/${id}/images?limit=1000`);
    const names = job.visits.flatMap((visit) => visit.images.map((image) => image.id));
    for (const [index, name] of names.entries()) images.set(name, json.items[index].image_id);
  };
  try {
    for (const step of scenario.steps) {
      if ('submit' in step) await Promise.all(step.submit.map(submit));
      else if ('retry' in step) {
        isRetried = true;
        await shelfline.post(`/api/jobs/${jobs.get(step.retry)}/retry`, {});
      } else {
        await shelfline.send('DELETE', `/api/jobs/${jobs.get(step.delete)}`, {});
        continue;
      }
      const numbers = 'submit' in step ? step.submit.map(({ job }) => job) : [step.retry];
      for (const number of numbers) counts.set(number, await counted(shelfline, jobs.get(number) ?? ''));
    }
  } finally {
    await Promise.all(hosts.map((host) => host.close()));
  }
  return { jobs, images, counted: counts };
}

function toAnswer(
  bytes: Buffer,
  serve: Serving,
  hasRanges: boolean,
): (request: IncomingMessage, response: ServerResponse) => void {
  const headers = { 'content-type': serve.type ?? 'image/jpeg', ...serve.headers };
  return (request, response) => {
    if (serve.chunked === true) {
      response.writeHead(200, headers);
      response.write(bytes.subarray(0, 5_000));
      response.end(bytes.subarray(5_000));
      return;
    }
    if (serve.gzip === true) {
      const packed = gzipSync(bytes);
      response.writeHead(200, { ...headers, 'content-encoding': 'gzip', 'content-length': packed.length });
      response.end(packed);
      return;
    }
    const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? [];
    if (first === undefined || serve.ranges === false || (!hasRanges && serve.total === undefined)) {
      response.writeHead(200, { ...headers, 'content-length': bytes.length }).end(bytes);
      return;
    }
    if (Number(first) >= bytes.length) {
      response.writeHead(416, { 'content-range': `bytes */${bytes.length}` }).end();
      return;
    }
    const part = bytes.subarray(Number(first), Number(last) + 1);
    const range = `bytes ${first}-${Number(first) + part.length - 1}/${serve.total ?? bytes.length}`;
    response.writeHead(206, { ...headers, 'content-length': part.length, 'content-range': range }).end(part);
  };
}
