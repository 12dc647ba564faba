/**
 * What fetching and measuring costs alone: `node bare-loop.ts <in flight> <images to warm up with>`, the URLs on standard input,
 * one a line. One range request by undici for each, `probe.sync` on what came, nothing kept. Says in one line of JSON how many
 * seconds those after the first took, on the clock and of the processor.
 */
import { text } from 'node:stream/consumers';
import probe from 'probe-image-size';
import { Pool } from 'undici';

const inFlight = Number(process.argv[2] ?? '64');
const warmUp = Number(process.argv[3] ?? '0');
const urls = (await text(process.stdin)).trim().split('\n');
const pool = new Pool(new URL(urls[0] ?? '').origin, { connections: inFlight, pipelining: 1 });

async function measure(url: string): Promise<void> {
  const { pathname, search } = new URL(url);
  const answer = await pool.request({
    path: pathname + search,
    method: 'GET',
    headers: { range: 'bytes=0-16383' },
  });
  const size = probe.sync(Buffer.from(await answer.body.arrayBuffer()));
  if (size?.width !== 4000) throw new Error(`${url} was not measured`);
}

async function run(some: readonly string[]): Promise<{ seconds: number; cpuSeconds: number }> {
  const began = performance.now();
  const cpuBefore = process.cpuUsage();
  let next = 0;
  await Promise.all(
    Array.from({ length: inFlight }, async () => {
      for (let url = some[next++]; url !== undefined; url = some[next++]) await measure(url);
    }),
  );
  const { user, system } = process.cpuUsage(cpuBefore);
  return { seconds: (performance.now() - began) / 1000, cpuSeconds: (user + system) / 1e6 };
}

// As the service is warm.
await run(urls.slice(0, warmUp));
console.log(JSON.stringify(await run(urls.slice(warmUp))));
await pool.close();
