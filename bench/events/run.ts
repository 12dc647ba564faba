/**
 * What event streams cost, by reading a few times a second or by NOTIFY: `npm run build && node bench/events/run.ts [options]`.
 *
 * First listeners on an API process whose jobs move ten times a second: processor time of the process. Then what is done at each flush of results, a short transaction on a job's row, with and without a
 * `pg_notify` in it, turn by turn; and how long a notification takes.
 *
 *   --seconds 10  of each measurement
 *   --clients 8   that flush side by side, each its own job
 */
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Installation, type ServerProcess, submitLines, visitLines } from '../suite/installation.ts';
import { quantile } from '../suite/report.ts';

const { values: options } = parseArgs({
  options: { seconds: { type: 'string', default: '10' }, clients: { type: 'string', default: '8' } },
});
const SECONDS = Number(options.seconds);
const TURNS = 3;

const installation = await Installation.start();
try {
  const api = await installation.serve({ ROLE: 'api', EVENT_STREAMS_MAX: '5000' });
  for (const [listeners, jobs] of [
    [0, 1],
    [1, 1],
    [200, 1],
    [1000, 1],
    [1000, 1000],
  ] as const)
    await listening(api, listeners, jobs);
  await flushing();
  await latency();
} finally {
  await installation.stop();
}

/** A job that nobody works on. */
async function newJob(api: ServerProcess): Promise<string> {
  return submitLines(api, visitLines(['http://127.0.0.1:9/a.jpg', 'http://127.0.0.1:9/b.jpg'], 2));
}

async function listening(api: ServerProcess, listeners: number, jobs: number): Promise<void> {
  const ids: string[] = [];
  for (let n = 0; n < jobs; n += 1) ids.push(await newJob(api));
  const answers: IncomingMessage[] = [];
  let events = 0;
  for (let n = 0; n < listeners; n += 1) {
    const url = `${api.origin}/api/jobs/${ids[n % jobs]}/events`;
    const [answer] = (await once(get(url, { agent: false }), 'response')) as [IncomingMessage];
    answer.on('data', (chunk: Buffer) => (events += chunk.toString().split('event: ').length - 1));
    answer.on('error', () => undefined);
    answers.push(answer);
  }
  const over = Date.now() + SECONDS * 1000;
  const cpu = await api.cpuSeconds();
  events = 0;
  let moves = 0;
  for (; Date.now() < over; moves += 1) {
    await installation.sql(
      `UPDATE shelfline.job SET pending = $2, succeeded = 2 - $2 WHERE job_id = ANY($1) AND status = 'ongoing'`,
      [ids, 1 + (moves % 2)],
    );
    await pause(100);
  }
  const used = (await api.cpuSeconds()) - cpu;
  console.log(
    `${listeners} listeners on ${jobs} jobs: ${((used / SECONDS) * 100).toFixed(1)} % of a core, ` +
      `${(events / SECONDS).toFixed(0)} events/s ` +
      `(of ${(moves / SECONDS).toFixed(1)} moves/s of each job)`,
  );
  for (const answer of answers) answer.destroy();
  await installation.sql('DELETE FROM shelfline.job WHERE job_id = ANY($1)', [ids]);
}

async function flushing(): Promise<void> {
  const clients = await Promise.all(
    Array.from({ length: Number(options.clients) }, async () => installation.connect()),
  );
  const listeners = await Promise.all([installation.connect(), installation.connect()]);
  for (const listener of listeners) await listener.query('LISTEN shelfline_bench');
  await installation.sql('CREATE TABLE bench_job (id int PRIMARY KEY, pending int) WITH (fillfactor = 50)');
  await installation.sql('INSERT INTO bench_job SELECT n, 0 FROM generate_series(1, 1000) AS n');
  const rates = { plain: [] as number[], notifying: [] as number[] };
  for (let turn = 0; turn < TURNS; turn += 1) {
    for (const way of ['plain', 'notifying'] as const) {
      const over = Date.now() + (SECONDS * 1000) / 2;
      const began = performance.now();
      const flushes = await Promise.all(
        clients.map(async (client, n) => {
          let count = 0;
          for (; Date.now() < over; count += 1) {
            await client.query('BEGIN');
            await client.query('UPDATE bench_job SET pending = pending + 1 WHERE id = $1', [n + 1]);
            if (way === 'notifying')
              await client.query(`SELECT pg_notify('shelfline_bench', $1)`, [`${n} ${count}`]);
            await client.query('COMMIT');
          }
          return count;
        }),
      );
      rates[way].push((flushes.reduce((sum, count) => sum + count, 0) * 1000) / (performance.now() - began));
    }
  }
  for (const way of ['plain', 'notifying'] as const)
    console.log(
      `${way} flushes, ${clients.length} at a time: ${rates[way].map((rate) => rate.toFixed(0)).join(', ')} a second`,
    );
}

async function latency(): Promise<void> {
  const [sender, listener] = [await installation.connect(), await installation.connect()];
  await listener.query('LISTEN shelfline_bench');
  const times: number[] = [];
  for (let n = 0; n < 500; n += 1) {
    const heard = once(listener, 'notification');
    const began = performance.now();
    await sender.query(`SELECT pg_notify('shelfline_bench', $1)`, [String(n)]);
    await heard;
    times.push(performance.now() - began);
  }
  console.log(
    `a notification: median ${quantile(times, 0.5).toFixed(1)} ms, 99 of 100 within ${quantile(times, 0.99).toFixed(1)} ms`,
  );
}
