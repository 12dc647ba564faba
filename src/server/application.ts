import { createReadStream } from 'node:fs';
import { access } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { Logger as NestLogger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { PinoLogger } from 'nestjs-pino';
import type { Logger } from 'pino';
import { DataSource } from 'typeorm';
import { ApiError } from '../http/errors/api-error.js';
import { runMigrations } from '../database/migration-runner.js';
import { SettingError } from '../options/environment-source.js';
import { Sources } from '../outbound/sources/sources.js';
import { StoreImporter } from '../stores/store-importer.js';
import { AppModule } from './app.module.js';
import { serveConsole } from './console/serve-console.js';
import type { Settings } from './environment.js';
import { MIN_KEY_LENGTH } from './http/api-key-setting.js';
import { boundAnswers, setUpPlatform } from './http/platform.js';
import { serveDocs } from './http/swagger.js';
import { ApplicationLogger } from './logging/application-logger.js';
import { readSourcesFile } from './sources-file.js';
import { logRequests } from './logging/request-log.js';
import { measureRequests } from './metrics/measure-requests.js';
import { Metrics } from './metrics/metrics.js';

/** The sample store master of the package, with made-up names. */
const SAMPLE = fileURLToPath(new URL('../../data/store-master.sample.csv', import.meta.url));

/**
 * Creates the application for its role, on a database that is reachable. It runs the migrations, loads the store master if there are no stores, and starts
 * the queue. It does not listen yet.
 *
 * @param lines the destination of the log
 * @param signal aborts the migrations, which may take long
 * @throws SettingError if `STORE_MASTER_CSV` or `IMAGE_SOURCES_FILE` is invalid
 */
export async function createApplication(
  settings: Settings,
  databaseUrl: string,
  lines: Logger,
  signal?: AbortSignal,
): Promise<NestExpressApplication> {
  const storeMaster = settings.storeMasterCsv ?? SAMPLE;
  await access(storeMaster).catch(() => {
    throw new SettingError('STORE_MASTER_CSV', storeMaster, 'the path of a CSV file that can be read');
  });
  const sources = await readSourcesFile(settings, process.env);
  const module = AppModule.with(settings, databaseUrl, lines, sources);
  const app = await NestFactory.create<NestExpressApplication>(module, {
    logger: new ApplicationLogger(() => lines),
    bodyParser: false,
    abortOnError: false,
    forceCloseConnections: true,
  });
  try {
    const inRequest = await app.resolve(PinoLogger);
    app.useLogger(new ApplicationLogger(() => inRequest.logger));
    warnOfShortKeys(settings);
    await runMigrations(app.get(DataSource), signal);
    await loadStoreMaster(app.get(StoreImporter), storeMaster);
    boundAnswers(app, settings);
    app.use(logRequests(lines));
    app.use(measureRequests(app.get(Metrics)));
    setUpPlatform(app, settings);
    if (settings.role !== 'worker') {
      serveDocs(app, settings);
      await serveConsole(app, settings.console);
    }
    await app.init();
    return app;
  } catch (error) {
    await app.close();
    throw error;
  }
}

/** Logs a warning for short plain keys, which are still accepted in this release. */
function warnOfShortKeys({ apiKeys }: Settings): void {
  for (const { name } of apiKeys.filter(({ isShort }) => isShort)) {
    new NestLogger('Startup').warn({
      event: 'api_key_too_short',
      key_name: name,
      message: `API_KEYS has a key of fewer than ${MIN_KEY_LENGTH} characters, which can be guessed. A later release will refuse it.`,
    });
  }
}

/** Reads `IMAGE_SOURCES_FILE` again. If it is invalid, the sources do not change and the reason is logged. */
export async function reloadSources(
  app: NestExpressApplication,
  settings: Settings,
  logger: ApplicationLogger,
): Promise<void> {
  try {
    const sources = await readSourcesFile(settings, process.env);
    await app.get(Sources, { strict: false }).replace(sources);
    logger.log({ event: 'sources_reloaded', sources: sources.length });
  } catch (error) {
    // The message of any other error may contain a secret.
    const message =
      error instanceof SettingError ? error.message : error instanceof Error ? error.name : typeof error;
    logger.error({ event: 'sources_not_reloaded', error: message });
  }
}

/** @throws SettingError if the file cannot be read or is not a store master */
async function loadStoreMaster(stores: StoreImporter, path: string): Promise<void> {
  try {
    await stores.seedIfEmpty(() => createReadStream(path));
  } catch (error) {
    if (error instanceof ApiError || isOfFile(error)) {
      throw new SettingError('STORE_MASTER_CSV', path, `a store master as CSV (${error.message})`);
    }
    throw error;
  }
}

function isOfFile(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && (error.code === 'EISDIR' || error.code === 'EIO');
}
