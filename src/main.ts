// The first of all: see there.
import './server/thread-pool.js';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { DestinationStream } from 'pino';
import {
  type DatabaseServer,
  DatabaseServerError,
  openDatabaseServer,
  startOnDatabase,
} from './server/database-server.js';
import { EmbeddedPostgresError } from './embedded-postgres/embedded-postgres-error.js';
import { readEnvironment, type Settings } from './server/environment.js';
import { OpenConnections } from './server/http/open-connections.js';
import { ApplicationLogger } from './server/logging/application-logger.js';
import { createRootLogger } from './server/logging/root-logger.js';
import { stopApplication } from './server/stop.js';
import { COMMIT, VERSION } from './server/version.js';
import { SettingError } from './options/environment-source.js';
import { UnknownSettingError } from './options/misspelled-settings.js';

/** After the grace time, this much longer until the process goes without waiting, in milliseconds. */
const LAST_RESORT_MS = 10_000;

/** The process: reads its settings, serves for its role, and stops cleanly on SIGTERM or SIGINT. */
async function main(): Promise<void> {
  const settings = readEnvironment(process.env, VERSION);
  const lines = createRootLogger(settings.logLevel, process.stdout.isTTY ? await terminalLines() : undefined);
  const logger = new ApplicationLogger(() => lines);
  const stopping = new AbortController();
  const stopped = new Promise<void>((resolve) => stopping.signal.addEventListener('abort', () => resolve()));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stopping.abort());

  const running = Promise.withResolvers<NestExpressApplication>();
  if (settings.imageSourcesFile !== undefined) reloadOnHangUp(running.promise, settings, logger);

  let database: DatabaseServer | undefined;
  let app: NestExpressApplication | undefined;
  let connections: OpenConnections | undefined;
  try {
    database = await openDatabaseServer(settings, logger, stopping.signal);
    const { url } = database;
    // Most of the code is loaded only now: what is refused is refused at once.
    const { createApplication } = await import('./server/application.js');
    app = await startOnDatabase(url, settings, logger, stopping.signal, () =>
      createApplication(settings, url, lines, stopping.signal),
    );
    connections = new OpenConnections(app.getHttpServer());
    running.resolve(app);
    stopping.signal.throwIfAborted();
    await listen(app, settings);
    announce(app, settings, database, logger);
    const lost = await Promise.race([stopped, database.lost]);
    if (lost !== undefined) throw lost;
  } catch (error) {
    if (!stopping.signal.aborted) throw error;
  } finally {
    const { shutdownDelayMs, shutdownGraceMs } = settings;
    setTimeout(() => process.exit(1), Math.max(shutdownDelayMs, shutdownGraceMs) + LAST_RESORT_MS).unref();
    if (app !== undefined && connections !== undefined) await stopApplication(app, connections, settings);
    await database?.stop();
  }
}

/** SIGHUP reads the sources again, one signal after the other, once the application runs. */
function reloadOnHangUp(
  running: Promise<NestExpressApplication>,
  settings: Settings,
  logger: ApplicationLogger,
): void {
  let reloaded: Promise<unknown> = running;
  process.on('SIGHUP', () => {
    reloaded = reloaded.then(async () => {
      const { reloadSources } = await import('./server/application.js');
      await reloadSources(await running, settings, logger);
    });
  });
}

/** What people read is loaded only where there is a person. */
async function terminalLines(): Promise<DestinationStream> {
  const { terminal } = await import('./server/logging/terminal.js');
  return terminal();
}

async function listen(app: NestExpressApplication, { port, host }: Settings): Promise<void> {
  try {
    await app.listen(port, host);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EADDRINUSE')
      throw new SettingError('PORT', String(port), 'a port that is free: something listens there already');
    if (code === 'EACCES')
      throw new SettingError('PORT', String(port), 'a port that this account may listen on');
    if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
      throw new SettingError('HOST', host, 'an address of this machine');
    throw error;
  }
}

/** Where it is, in three lines. */
function announce(
  app: NestExpressApplication,
  settings: Settings,
  database: DatabaseServer,
  logger: ApplicationLogger,
): void {
  const address = app.getHttpServer().address();
  const port = typeof address === 'object' && address !== null ? address.port : settings.port;
  const origin = `http://${reachableHost(settings.host)}:${port}`;
  const version = COMMIT === null ? VERSION : `${VERSION} (${COMMIT})`;
  const lines =
    settings.role === 'worker'
      ? [`Shelfline ${version} works on batches; health at ${origin}/health/ready`]
      : [
          `Shelfline ${version} serves ${origin}/api (role ${settings.role})`,
          settings.console
            ? `Open it in the browser: ${origin}/ (the API: ${origin}/docs)`
            : `Try it in the browser: ${origin}/docs`,
        ];
  for (const line of [...lines, `Data: ${database.description}`]) logger.log(line, 'Startup');
}

/** The host of a URL that leads here from this machine. A server that listens on all addresses is on loopback too. */
function reachableHost(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    const expected =
      error instanceof SettingError ||
      error instanceof UnknownSettingError ||
      error instanceof DatabaseServerError ||
      error instanceof EmbeddedPostgresError;
    process.stderr.write(
      `${expected ? error.message : error instanceof Error ? error.stack : String(error)}\n`,
    );
    process.exit(1);
  },
);
