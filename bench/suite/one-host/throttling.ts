import type { Installation } from '../installation.ts';
import type { Figure } from '../report.ts';
import { ended, type Hosts, serve } from './hosts.ts';

/** Hosts that refuse what is beyond so many a second. */
export async function throttling(installation: Installation, hosts: Hosts): Promise<Figure[]> {
  const images = 2_000;
  const figures: Figure[] = [];
  for (const limit of [200, 100]) {
    for (const [kind, query] of [
      ['503', 'status=503'],
      ['429', 'status=429'],
      ['429 with Retry-After', 'status=429&retry=1'],
    ] as const) {
      const server = await serve(installation);
      const name = `limit-${limit}-${kind.replaceAll(' ', '-')}`;
      const urls = hosts.urls(1, name, images, `limit=${limit}&delay=20&${query}`);
      const { seconds, lost } = await ended(server, urls);
      const { refused } = await hosts.seen(name);
      const about = `${kind} above ${limit}/s`;
      figures.push(
        { measure: `${about}: lost`, value: lost, unit: 'images', atMost: 0 },
        { measure: `${about}: of the allowed rate`, value: images / seconds / limit, unit: '', atLeast: 0.7 },
        { measure: `${about}: refusals ÷ images`, value: refused / images, unit: '', atMost: 0.1 },
      );
      await installation.stopServers();
    }
  }
  return figures;
}
