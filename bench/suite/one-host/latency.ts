import { setTimeout as pause } from 'node:timers/promises';
import { type Installation, jpegUrls } from '../installation.ts';
import { type Figure, median, quantile } from '../report.ts';
import { cancel, ended, type Hosts, getRate, serve, submit } from './hosts.ts';

/** The upper limit of requests in flight to one host. */
const HOST_LIMIT = 128;

/** Hosts that are far away: the share of what the upper limit allows. */
export async function far(installation: Installation, hosts: Hosts): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const delay of [50, 150]) {
    const server = await serve(installation);
    const possible = (HOST_LIMIT * 1000) / delay;
    const id = await submit(server, hosts.urls(1, `far-${delay}`, possible * 16, `delay=${delay}`));
    await pause(3_000);
    const rate = await getRate(server, id, 8);
    figures.push(
      { measure: `${delay} ms away`, value: rate, unit: 'images/s' },
      { measure: `${delay} ms away, of what is possible`, value: rate / possible, unit: '', atLeast: 0.8 },
    );
    await cancel(server, id);
    await installation.stopServers();
  }
  return figures;
}

/** A host with few workers: how long its answers take, asked by one process and by four. */
export async function busy(installation: Installation, hosts: Hosts): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const processes of [1, 4]) {
    const servers = [];
    for (let n = 0; n < processes; n += 1) servers.push(await serve(installation));
    const [server] = servers;
    if (server === undefined) throw new Error('no server was started');
    const name = `busy-${processes}`;
    const id = await submit(server, hosts.urls(1, name, 400 * 40, 'delay=20&workers=8'));
    await pause(4_000);
    const before = (await hosts.seen(name)).latencies.length;
    const rate = await getRate(server, id, processes === 1 ? 10 : 25);
    const { latencies } = await hosts.seen(name);
    const p95 = quantile(latencies.slice(before), 0.95);
    // Timers are a little late: what one request alone takes is the measure.
    figures.push(
      { measure: `8 workers of 20 ms, ${processes} processes`, value: rate, unit: 'images/s' },
      { measure: `8 workers of 20 ms, ${processes} processes: p95 of answers`, value: p95, unit: 'ms' },
      {
        measure: `8 workers of 20 ms, ${processes} processes: p95 ÷ 20 ms`,
        value: p95 / 20,
        unit: '',
        ...(processes === 1 ? { atMost: 2.1 } : {}),
      },
    );
    await cancel(server, id);
    await installation.stopServers();
  }
  return figures;
}

/** A host that answers at once, as fast as with 16 in flight and no more: round by round, the medians. */
export async function atOnce(installation: Installation): Promise<Figure[]> {
  const images = 30_000;
  const ratios: number[] = [];
  const rates: Record<string, number[]> = { adaptive: [], fixed: [] };
  for (let round = 0; round < 4; round += 1) {
    for (const [kind, settings] of [
      ['adaptive', {}],
      ['fixed', { IMAGE_HOST_CONCURRENCY: '16', IMAGE_CONCURRENCY: '64' }],
    ] as const) {
      const server = await serve(installation, settings);
      await ended(server, jpegUrls(installation.images, images, `warm-${kind}-${round}`));
      const { seconds } = await ended(server, jpegUrls(installation.images, images, `once-${kind}-${round}`));
      rates[kind]?.push(images / seconds);
      await installation.stopServers();
    }
    ratios.push((rates['adaptive']?.at(-1) ?? 0) / (rates['fixed']?.at(-1) ?? 1));
  }
  return [
    { measure: 'answers at once', value: median(rates['adaptive'] ?? []), unit: 'images/s' },
    { measure: 'answers at once ÷ with 16 in flight', value: median(ratios), unit: '', atLeast: 0.95 },
  ];
}
