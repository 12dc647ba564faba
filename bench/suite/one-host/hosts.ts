import { setTimeout as pause } from 'node:timers/promises';
import { type Installation, job, type ServerProcess, submitLines, visitLines } from '../installation.ts';

interface Seen {
  readonly served: number;
  readonly refused: number;
  readonly mostInFlight: number;
  readonly latencies: readonly number[];
}

export interface Ports {
  readonly answering: number;
  readonly silent: number;
  readonly refusing: number;
}

/** Hosts with limits. Several names of one address are several hosts. */
export class Hosts {
  private readonly ports: Ports;

  constructor(ports: Ports) {
    this.ports = ports;
  }

  /** URLs of one host, `127.0.0.<number>`. */
  *urls(number: number, name: string, images: number, query: string): Generator<string> {
    for (let n = 0; n < images; n += 1)
      yield `http://127.0.0.${number}:${this.ports.answering}/${name}/${n}.gif?${query}`;
  }

  *dead(kind: 'silent' | 'refusing', images: number, label: string): Generator<string> {
    for (let n = 0; n < images; n += 1) yield `http://127.0.0.1:${this.ports[kind]}/${label}/${n}.gif`;
  }

  async seen(name: string): Promise<Seen> {
    const all = (await (await fetch(`http://127.0.0.1:${this.ports.answering}/stats`)).json()) as Record<
      string,
      Seen
    >;
    const found = all[name];
    if (found === undefined) throw new Error(`nobody asked ${name}`);
    return found;
  }

  async goDown(): Promise<void> {
    await fetch(`http://127.0.0.1:${this.ports.answering}/down`);
  }
}

/** The defaults of a server: the installation sets another limit for a host. */
export function serve(
  installation: Installation,
  settings: Record<string, string> = {},
): Promise<ServerProcess> {
  return installation.serve({
    IMAGE_ALLOWED_NETWORKS: '127.0.0.0/8',
    IMAGE_HOST_CONCURRENCY: '',
    ...settings,
  });
}

export async function submit(server: ServerProcess, urls: Iterable<string>): Promise<string> {
  return submitLines(server, visitLines(urls, 10));
}

/** Images a second of a job within so many seconds. */
export async function getRate(server: ServerProcess, id: string, seconds: number): Promise<number> {
  const done = async (): Promise<number> => (await job(server, id)).images.succeeded;
  const [before, began] = [await done(), performance.now()];
  await pause(seconds * 1000);
  return ((await done()) - before) / ((performance.now() - began) / 1000);
}

/** Seconds from the submission of images to the end of their job, and how many of them did not succeed. */
export async function ended(
  server: ServerProcess,
  urls: Iterable<string>,
): Promise<{ readonly seconds: number; readonly lost: number }> {
  const began = performance.now();
  const id = await submit(server, urls);
  for (;;) {
    const { status, images } = await job(server, id);
    if (status !== 'ongoing')
      return { seconds: (performance.now() - began) / 1000, lost: images.total - images.succeeded };
    await pause(50);
  }
}

export async function cancel(server: ServerProcess, id: string): Promise<void> {
  await fetch(`${server.origin}/api/jobs/${id}/cancel`, { method: 'POST' });
}
