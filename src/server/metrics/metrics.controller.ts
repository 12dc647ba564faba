import { Controller, Get, Req, Res, UseFilters } from '@nestjs/common';
import { ApiExtension, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Database } from '../../database/database.js';
import { ApiErrorFilter } from '../../http/errors/api-error.filter.js';
import { requireScope, SCOPE_EXTENSION } from '../../http/routes/required-scope.js';
import { ImageFetcher } from '../../images/fetching/image-fetcher.js';
import { type QueueBacklog, QueueService } from '../../queue/queue.service.js';
import type { Scope } from '../../http/scopes.js';
import { SharedReading } from '../../health/shared-reading.js';
import { Metrics } from './metrics.js';

export const METRICS_PATH = 'metrics';

const SCOPE: Scope = 'metrics';

/** The maximum time that a scrape waits for the database, in milliseconds. */
const DATABASE_TIMEOUT_MS = 1_000;

/** Serves the metrics of this process and of the queue. */
@ApiTags('health')
@Controller(METRICS_PATH)
@UseFilters(ApiErrorFilter)
export class MetricsController {
  private readonly backlog: SharedReading<readonly QueueBacklog[]>;

  constructor(
    private readonly metrics: Metrics,
    private readonly database: Database,
    private readonly queue: QueueService,
    private readonly fetcher: ImageFetcher,
  ) {
    this.backlog = new SharedReading(() => queue.backlog(), DATABASE_TIMEOUT_MS);
  }

  @Get()
  @ApiExtension(SCOPE_EXTENSION, SCOPE)
  @ApiOperation({ operationId: 'getMetrics', summary: 'Metrics of this process, for Prometheus' })
  @ApiOkResponse({
    description:
      'The text format of Prometheus. If the database is unavailable, a metric says so and those of the queue are left out.',
    content: {
      'text/plain; version=0.0.4': { schema: { type: 'string' }, example: 'shelfline_database_up 1\n' },
    },
  })
  async scrape(@Req() request: Request, @Res({ passthrough: true }) response: Response): Promise<string> {
    requireScope(request, SCOPE);
    const backlog = await this.backlog.latest();
    response.type(this.metrics.contentType);
    return this.metrics.exposition({
      tasksInFlight: this.queue.inFlight,
      downloadsInFlight: this.fetcher.inFlight,
      pool: this.database.pool,
      backlog,
    });
  }
}
