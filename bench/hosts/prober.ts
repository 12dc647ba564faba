/**
 * Whoever asks for something beside a submission: `node prober.ts <url> <milliseconds between>`, until its standard input
 * ends. Says in one line of JSON how long each answer took, in milliseconds. A process of its own, which waits for nothing
 * of the benchmark's.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'undici';

const url = new URL(process.argv[2] ?? '');
const everyMs = Number(process.argv[3] ?? '20');
const over = new AbortController();
process.stdin.resume().once('end', () => over.abort());

const client = new Client(url.origin);
const waits: number[] = [];
const ask = async (): Promise<number> => {
  const began = performance.now();
  const answer = await client.request({ path: url.pathname, method: 'GET' });
  await answer.body.dump();
  if (answer.statusCode !== 200) throw new Error(`${url.href} was answered ${answer.statusCode}`);
  return performance.now() - began;
};
// The first one connects.
await ask();
console.log('ready');
while (!over.signal.aborted) {
  waits.push(await ask());
  await pause(everyMs);
}
console.log(JSON.stringify(waits));
await client.close();
