import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const HOST = fileURLToPath(new URL('image-host.ts', import.meta.url));

/** A job as the API answers it. */
export interface Job {
  readonly status: string;
  readonly images: { readonly total: number; readonly pending: number; readonly succeeded: number };
}

/** A built server on an embedded database of its own, and an image host, in processes of their own. */
export class Service {
  private readonly children: ChildProcess[] = [];
  private folder = '';
  private origin = '';
  private hosts = { answering: 0, silent: 0 };

  /** @param latencyMs how long the image host takes to answer */
  static async start(
    port: number,
    latencyMs: number,
    settings: Record<string, string> = {},
  ): Promise<Service> {
    const service = new Service();
    service.hosts = JSON.parse(await service.run([HOST, String(latencyMs)], {}));
    service.folder = await mkdtemp(join(tmpdir(), 'shelfline-bench-'));
    service.origin = `http://127.0.0.1:${port}`;
    await service.run([MAIN], {
      PORT: String(port),
      DATA_DIR: service.folder,
      IMAGE_ALLOWED_NETWORKS: '127.0.0.0/8',
      RATE_LIMIT_PER_MINUTE: '0',
      ...(process.env['DATABASE_URL'] === undefined ? {} : { DATABASE_URL: process.env['DATABASE_URL'] }),
      ...settings,
    });
    await service.until(async () => (await fetch(`${service.origin}/health/ready`)).ok, 'a ready server');
    return service;
  }

  async stop(): Promise<void> {
    for (const child of this.children.toReversed()) {
      child.kill('SIGTERM');
      if (child.exitCode === null) await once(child, 'exit');
    }
    await rm(this.folder, { recursive: true, force: true });
  }

  /** Submits a job of so many images; its id. */
  async submit(images: number, host: 'answering' | 'silent' = 'answering'): Promise<string> {
    const urls = Array.from({ length: images }, (_, n) => `http://127.0.0.1:${this.hosts[host]}/${n}.gif`);
    const visits = [];
    for (let at = 0; at < images; at += 1000) {
      const image_url = urls.slice(at, at + 1000);
      visits.push({ store_id: 'RP00002', visit_time: '2024-11-16T12:00:00Z', image_url });
    }
    const answer = await fetch(`${this.origin}/api/jobs`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ count: visits.length, visits }),
    });
    if (answer.status !== 201) throw new Error(await answer.text());
    const { job_id: id }: { job_id: string } = JSON.parse(await answer.text());
    return id;
  }

  /** Milliseconds of one request, which has to be answered with this status. */
  async getMilliseconds(method: string, path: string, status: number): Promise<number> {
    const began = performance.now();
    const answer = await fetch(this.origin + path, { method });
    await answer.arrayBuffer();
    if (answer.status !== status) throw new Error(`${method} ${path} was answered ${answer.status}`);
    return performance.now() - began;
  }

  async job(id: string): Promise<Job> {
    return JSON.parse(await (await fetch(`${this.origin}/api/jobs/${id}`)).text());
  }

  /** Resolves when a job has ended. */
  async ended(id: string): Promise<void> {
    await this.until(async () => (await this.job(id)).status !== 'ongoing', `the end of ${id}`);
  }

  /** Seconds from the submission of a job of so many images to its end. */
  async getSeconds(images: number): Promise<number> {
    const began = performance.now();
    await this.ended(await this.submit(images));
    return (performance.now() - began) / 1000;
  }

  private async until(ask: () => Promise<boolean>, what: string): Promise<void> {
    for (const deadline = Date.now() + 600_000; Date.now() < deadline; await pause(50)) {
      if (await ask().catch(() => false)) return;
    }
    throw new Error(`${what} did not come about`);
  }

  /** Starts a Node process; its first line. */
  private async run(args: string[], environment: Record<string, string>): Promise<string> {
    const child = spawn(process.execPath, args, {
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], LOG_LEVEL: 'info', ...environment },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.children.push(child);
    return new Promise((resolve) => {
      createInterface({ input: child.stdout }).once('line', resolve);
      child.stdout.resume();
    });
  }
}
