import { setTimeout as pause } from 'node:timers/promises';
import type { Installation } from '../installation.ts';
import { type Figure, median } from '../report.ts';
import { cancel, ended, type Hosts, getRate, serve, submit } from './hosts.ts';

/** 3,000 images of a healthy host beside 7,000 of one that refuses connections and one that never answers. */
export async function besideDead(installation: Installation, hosts: Hosts): Promise<Figure[]> {
  const ratios: number[] = [];
  for (let round = 0; round < 3; round += 1) {
    const server = await serve(installation);
    const healthy = (label: string): Iterable<string> =>
      hosts.urls(2, `healthy-${label}-${round}`, 3_000, 'delay=20');
    await ended(server, healthy('warm'));
    const alone = await ended(server, healthy('alone'));
    const dead = [];
    for (const kind of ['silent', 'refusing'] as const)
      dead.push(await submit(server, hosts.dead(kind, 3_500, `${round}`)));
    const beside = await ended(server, healthy('beside'));
    ratios.push(beside.seconds / alone.seconds);
    for (const id of dead) await cancel(server, id);
    await installation.stopServers();
  }
  return [
    {
      measure: '3,000 images beside 7,000 of two dead hosts ÷ alone',
      value: median(ratios),
      unit: '',
      atMost: 1.3,
    },
  ];
}

/** The slowest two seconds of a healthy host beside four that die together. */
export async function besideDying(installation: Installation, hosts: Hosts): Promise<Figure[]> {
  const server = await serve(installation);
  // More than the host serves while it is looked at.
  const healthy = (label: string): Iterable<string> => hosts.urls(3, label, 200_000, 'delay=20');
  const first = await submit(server, healthy('alone'));
  await pause(3_000);
  const alone = await getRate(server, first, 4);
  await cancel(server, first);
  const ids = [await submit(server, healthy('beside'))];
  for (let n = 0; n < 4; n += 1)
    ids.push(await submit(server, hosts.urls(10 + n, `dying-${n}`, 20_000, 'delay=20')));
  await pause(3_000);
  await hosts.goDown();
  const [id = ''] = ids;
  const rates = [];
  for (let n = 0; n < 10; n += 1) rates.push(await getRate(server, id, 2));
  for (const each of ids) await cancel(server, each);
  await installation.stopServers();
  return [
    {
      measure: 'a host beside four that die, slowest two seconds ÷ alone',
      value: Math.min(...rates) / alone,
      unit: '',
      atLeast: 0.5,
    },
    {
      measure: 'a host beside four that die, 20 seconds ÷ alone',
      value: rates.reduce((sum, rate) => sum + rate, 0) / rates.length / alone,
      unit: '',
    },
  ];
}
