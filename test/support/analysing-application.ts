import type { NestExpressApplication } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import type { DestinationStream } from 'pino';
import { DataSource } from 'typeorm';
import { AppModule } from '../../src/server/app.module.js';
import { setUpPlatform } from '../../src/server/http/platform.js';
import { ApplicationLogger } from '../../src/server/logging/application-logger.js';
import { createRootLogger } from '../../src/server/logging/root-logger.js';
import { runMigrations } from '../../src/database/migration-runner.js';
import { ANALYSIS_OPTIONS, type AnalysisOptions } from '../../src/images/analysis/analysis.options.js';
import { IMAGE_ANALYZERS, type ImageAnalyzer } from '../../src/images/analysis/image-analyzer.js';
import { TestApplication, testSettings } from './application.js';
import { createTestDatabase } from './database.js';

/**
 * The application with other analyzers than the standalone one has.
 *
 * @param lines where its log goes
 */
export async function startAnalysing(
  analyzers: readonly ImageAnalyzer[],
  options: Partial<AnalysisOptions>,
  environment: Readonly<Record<string, string>>,
  lines: DestinationStream,
): Promise<TestApplication> {
  const settings = testSettings({ LOG_LEVEL: 'warn', ...environment });
  const database = await createTestDatabase();
  const logger = createRootLogger(settings.logLevel, lines);
  const module = await Test.createTestingModule({ imports: [AppModule.with(settings, database.url, logger)] })
    .overrideProvider(IMAGE_ANALYZERS)
    .useValue(analyzers)
    .overrideProvider(ANALYSIS_OPTIONS)
    .useValue({ timeoutMs: 10_000, concurrency: 16, maxResultBytes: 65_536, ...options })
    .compile();
  const app = module.createNestApplication<NestExpressApplication>({
    logger: new ApplicationLogger(() => logger),
    bodyParser: false,
    forceCloseConnections: true,
  });
  await runMigrations(app.get(DataSource));
  await database.query(
    `INSERT INTO shelfline.store (store_id, store_name, area_code) VALUES ('RP00002', 'Two', '1'), ('RP00003', 'Three', '1')`,
  );
  setUpPlatform(app, settings);
  await app.init();
  return TestApplication.listening(app, database);
}
