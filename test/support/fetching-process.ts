/**
 * A process that does nothing but fetch: takes URLs and options as JSON, fetches all of them at once with the built code,
 * and writes the most bytes that were held meanwhile, beyond those before. Run with `--expose-gc`, so that garbage is none.
 */
import { Logger } from '@nestjs/common';
import type { FetchingOptions } from '../../src/images/fetching/fetching.options.ts';
import type { ImageFetcher } from '../../src/images/fetching/image-fetcher.ts';
import type { AddressRule } from '../../src/outbound/address-rule.ts';
import type { HostRule } from '../../src/outbound/host-rule.ts';
import type { LookupAll } from '../../src/outbound/lookup.ts';
import { fetchOne } from './fetch-one.ts';

/** What such a process is asked to do. */
export interface FetchingOrder {
  readonly urls: readonly string[];
  readonly options: FetchingOptions;
}

/** What it says in the end, as JSON. */
export interface HeldMost {
  readonly outcomes: readonly string[];
  readonly buffers: number;
  readonly heap: number;
}

interface Built {
  readonly AddressRule: typeof AddressRule;
  readonly HostRule: typeof HostRule;
  readonly ImageFetcher: typeof ImageFetcher;
  readonly systemLookup: LookupAll;
}

const SAMPLE_EVERY_MS = 50;

// Standard output is for what it says in the end.
Logger.overrideLogger(false);

async function built(path: string): Promise<Partial<Built>> {
  return import(new URL(`../../dist/${path}.js`, import.meta.url).href);
}

async function fetcher(options: FetchingOptions): Promise<ImageFetcher> {
  const parts = [
    'outbound/address-rule',
    'outbound/host-rule',
    'outbound/lookup',
    'images/fetching/image-fetcher',
  ];
  const code = Object.assign({}, ...(await Promise.all(parts.map(built)))) as Built;
  const rules = { allowedNetworks: ['127.0.0.1/32'], allowedHosts: [] };
  return new code.ImageFetcher(
    new code.AddressRule(rules),
    new code.HostRule(rules),
    code.systemLookup,
    options,
  );
}

function held(): { buffers: number; heap: number } {
  // The first leaves the buffers that it found to a thread of its own; the second waits for that.
  globalThis.gc?.();
  globalThis.gc?.();
  const { arrayBuffers, heapUsed } = process.memoryUsage();
  return { buffers: arrayBuffers, heap: heapUsed };
}

async function run({ urls, options }: FetchingOrder): Promise<HeldMost> {
  const images = await fetcher(options);
  const before = held();
  let [buffers, heap] = [0, 0];
  const sample = (): void => {
    const now = held();
    buffers = Math.max(buffers, now.buffers - before.buffers);
    heap = Math.max(heap, now.heap - before.heap);
  };
  const timer = setInterval(sample, SAMPLE_EVERY_MS);
  const came = await Promise.all(urls.map(async (url) => fetchOne(images, url)));
  sample();
  clearInterval(timer);
  await images.onApplicationShutdown();
  return {
    outcomes: came.map((outcome) => (outcome.kind === 'failed' ? outcome.code : outcome.kind)),
    buffers,
    heap,
  };
}

process.stdout.write(JSON.stringify(await run(JSON.parse(process.argv[2] ?? ''))));
