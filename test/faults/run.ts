/** Kills, stops and freezes the processes of an installation and its database while jobs run; then checks that nothing was lost. */
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { freePort } from '../../scripts/free-port.ts';
import { Api, type Offered } from './api.ts';
import { CallbackReceiver, WEBHOOK_SECRET } from './callback-receiver.ts';
import { Faults } from './faults.ts';
import { Fleet, type Seat } from './fleet.ts';
import { ImageHosts } from './image-host.ts';
import { Journal } from './journal.ts';
import { Load } from './load.ts';
import { noteInvariants, observeUntil, withClient, workLeft } from './observer.ts';
import { toOutcome } from './outcome.ts';
import { sessionName } from './freeze-in-transaction.ts';
import { ReplicatedDatabase } from '../support/replicated-database.ts';
import { Random } from './random.ts';

interface Options {
  readonly seconds: number;
  readonly seed: number;
  readonly workers: number;
  /** Per cent of the strikes at processes that meet one which is still starting. */
  readonly starting: number;
  readonly changes: boolean;
}

/** The longest that all may take to come to rest when the faults are over: a task may pause for 30 s before it is tried again. */
const REST_WITHIN_MS = 180_000;
/** The longest that the whole fleet may take to start at once, on a machine that does other things too. */
const STARTS_WITHIN_MS = 180_000;

const ENVIRONMENT = {
  DATABASE_WAIT_MS: '120000',
  DATABASE_POOL_SIZE: '6',
  IMAGE_ALLOWED_NETWORKS: '127.0.0.0/8',
  IMAGE_TIMEOUT_MS: '2500',
  IMAGE_RETRY_BASE_MS: '100',
  SHUTDOWN_GRACE_MS: '3000',
  IMAGE_HOST_PATIENCE_MS: '10000',
  RATE_LIMIT_PER_MINUTE: '0',
  WEBHOOK_SECRET,
  WEBHOOK_TIMEOUT_MS: '2500',
  WEBHOOK_RETRY_BASE_MS: '100',
  // None is given up while processes and machine are slow: what was not taken in the end is lost.
  WEBHOOK_MAX_ATTEMPTS: '100',
  // So that a worker whose clock is a month ahead would delete what has just ended, if it asked its own clock.
  JOB_RETENTION_DAYS: '7',
};

const HOUR_MS = 3_600_000;
/** How wrong the clock of a process may be. */
const SKEWS_MS = [0, 0, HOUR_MS, -HOUR_MS, 31 * 24 * HOUR_MS];
const SKEWED_CLOCK = new URL('../support/skewed-clock.mjs', import.meta.url).href;

function readOptions(): Options {
  const { values } = parseArgs({
    options: {
      seconds: { type: 'string', default: '60' },
      seed: { type: 'string', default: String(Math.floor(Math.random() * 1e9)) },
      workers: { type: 'string', default: '3' },
      starting: { type: 'string', default: '10' },
      'no-changes': { type: 'boolean', default: false },
    },
  });
  const whole = (name: 'seconds' | 'seed' | 'workers' | 'starting'): number => {
    if (/^\d{1,9}$/.test(values[name])) return Number(values[name]);
    throw new Error(`--${name} takes a whole number, not ${values[name]}`);
  };
  return {
    seconds: whole('seconds'),
    seed: whole('seed'),
    workers: whole('workers'),
    starting: whole('starting'),
    changes: !values['no-changes'],
  };
}

async function run(options: Options, journal: Journal): Promise<void> {
  const random = new Random(options.seed);
  const hosts = await ImageHosts.start();
  const receiver = await CallbackReceiver.start();
  const database = await ReplicatedDatabase.start();
  const clocks = new Random(random.between(0, 2 ** 31));
  const apiPort = await freePort();
  const fleet = new Fleet(
    ({ role, name }) => ({
      ...ENVIRONMENT,
      NODE_OPTIONS: `--import=${SKEWED_CLOCK}`,
      TEST_CLOCK_SKEW_MS: String(clocks.of(SKEWS_MS) ?? 0),
      DATABASE_URL: `${database.url}?application_name=${sessionName({ role, name })}`,
      ROLE: role,
      PORT: role === 'api' ? String(apiPort) : '0',
    }),
    journal,
  );
  const seats: readonly Seat[] = [
    { name: 'api', role: 'api' },
    ...Array.from({ length: options.workers }, (_, n): Seat => ({ name: `worker ${n + 1}`, role: 'worker' })),
  ];
  const load = new Load(
    new Api(`http://127.0.0.1:${apiPort}`),
    hosts,
    receiver,
    new Random(random.between(0, 2 ** 31)),
    journal,
    `faults-${options.seed}`,
  );
  try {
    // Ended by a person, it leaves nobody behind: the database goes with this process, and the fleet is killed.
    for (const signal of ['SIGINT', 'SIGTERM'] as const)
      process.once(signal, () => void fleet.killAll().then(() => process.exit(1)));
    await database.primary.setSynchronous(true);
    for (const seat of seats) fleet.start(seat);
    const offered = await offeredBy(new Api(`http://127.0.0.1:${apiPort}`), options.changes);
    journal.say(`all is up; faults for ${options.seconds} s. The API offers ${JSON.stringify(offered)}`);
    const over = AbortSignal.timeout(options.seconds * 1000);
    await Promise.all([
      new Faults(fleet, seats, database, random, journal, options.starting / 100).strikeUntil(over),
      load.submitUntil(over, offered),
      load.changeUntil(over, offered),
      observeUntil(over, database.url, journal, (pending) => (load.pending = pending)),
      progress(over, journal),
    ]);
    const faultsOver = performance.now();
    await comeToRest(database.url, journal);
    const restedAfter = ((performance.now() - faultsOver) / 1000).toFixed(1);
    const outcome = await withClient(database.url, async (client) => {
      await noteInvariants(client, journal, 0);
      return toOutcome(client, load.ledger, hosts, receiver);
    });
    for (const fault of outcome.faults) journal.offence(fault);
    journal.say(
      `survived ${journal.count('kill')} kills, ${journal.count('SIGTERM')} SIGTERMs, ${journal.count('freeze')} freezes, ` +
        `${journal.count('freeze in a transaction')} freezes inside a transaction, ${journal.count('failover')} failovers, ` +
        `${journal.count('kill the database')} kills and ${journal.count('stop the database')} stops of the database`,
    );
    journal.say(
      `with ${journal.count('201')} jobs accepted, ${journal.count('503')} answers of 503, ${journal.count('no answer')} without an answer ` +
        `(of those ${outcome.unheard} made a job), ${journal.count('cancel')} cancels, ${journal.count('retry')} retries, ${journal.count('delete')} deletes`,
    );
    journal.say(
      `${outcome.images} images checked, ${hosts.requests} requests at their hosts, ${outcome.surplusTries} surplus tries of healthy images; ` +
        `${receiver.received} callbacks for ${outcome.calledBack} jobs; ${journal.count('invariants checked')} checks of the invariants meanwhile; ${journal.count('gave up its start')} starts given up in an outage; ` +
        `at rest ${restedAfter} s after the last fault`,
    );
  } finally {
    await fleet.stop();
    await database.remove();
    hosts.close();
    receiver.close();
  }
}

/** What the API offers, once it is up. */
async function offeredBy(api: Api, changes: boolean): Promise<Offered> {
  for (
    const deadline = performance.now() + STARTS_WITHIN_MS;
    performance.now() < deadline;
    await pause(100)
  ) {
    const offered = await api.offered();
    if (offered !== undefined)
      return changes ? offered : { ...offered, cancel: false, retry: false, delete: false };
  }
  throw new Error(`the API did not start within ${STARTS_WITHIN_MS} ms`);
}

/** Waits until no job is ongoing and no task is left. */
async function comeToRest(url: string, journal: Journal): Promise<void> {
  const deadline = performance.now() + REST_WITHIN_MS;
  for (;;) {
    const left = await withClient(url, workLeft);
    if (left.jobs === 0 && left.tasks === 0) return;
    if (performance.now() > deadline)
      return journal.offence(`not at rest after ${REST_WITHIN_MS} ms: ${JSON.stringify(left)}`);
    await pause(250);
  }
}

async function progress(over: AbortSignal, journal: Journal): Promise<void> {
  while (!over.aborted) {
    await pause(10_000, undefined, { signal: over }).catch(() => undefined);
    journal.say(`${journal.count('kill')} kills, ${journal.count('201')} jobs accepted`);
  }
}

const options = readOptions();
const journal = new Journal();
journal.say(`seed ${options.seed}`);
try {
  await run(options, journal);
} catch (error) {
  journal.offence(error instanceof Error ? (error.stack ?? error.message) : String(error));
}
const path = join(tmpdir(), `shelfline-faults-${options.seed}.txt`);
await writeFile(path, journal.text);
if (journal.failures.length > 0)
  journal.say(`FAILED: ${journal.failures.length} offences; all that was done is in ${path}`);
journal.say(
  `again with the same choices: npm run test:faults -- --seed ${options.seed} --seconds ${options.seconds} --workers ${options.workers} --starting ${options.starting}`,
);
process.exit(journal.failures.length === 0 ? 0 : 1);
