import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { getFirstLine, type Installation } from './installation.ts';
import { besideDead, besideDying } from './one-host/dead.ts';
import { Hosts, type Ports } from './one-host/hosts.ts';
import { atOnce, busy, far } from './one-host/latency.ts';
import { throttling } from './one-host/throttling.ts';
import type { Figure } from './report.ts';

const HOST = fileURLToPath(new URL('../hosts/limited-host.ts', import.meta.url));
type Part = (installation: Installation, hosts: Hosts) => Promise<Figure[]>;
const PARTS: readonly Part[] = [far, busy, throttling, atOnce, besideDead, besideDying];

/** What one host gets and how it fares: far ones, busy ones, ones that throttle, and ones beside hosts that are down. */
export async function oneHost(
  installation: Installation,
  _nodeOptions: readonly string[] = [],
  parts = PARTS,
): Promise<Figure[]> {
  const child = spawn(process.execPath, [HOST], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const hosts = new Hosts(JSON.parse(await getFirstLine(child)) as Ports);
    const figures: Figure[] = [];
    for (const part of parts) figures.push(...(await part(installation, hosts)));
    return figures;
  } finally {
    child.kill();
    await once(child, 'exit');
  }
}
