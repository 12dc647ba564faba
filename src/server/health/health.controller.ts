import { Controller, Get, UseFilters } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiSchema, ApiTags } from '@nestjs/swagger';
import { Database, type DatabaseState } from '../../database/database.js';
import { ApiError, type Fault } from '../../http/errors/api-error.js';
import { ApiErrorFilter } from '../../http/errors/api-error.filter.js';
import { ApiErrors } from '../../http/routes/api-docs.js';
import { QueueService } from '../../queue/queue.service.js';
import { SharedReading } from '../shared-reading.js';
import { COMMIT, VERSION } from '../version.js';

@ApiSchema({ name: 'Health' })
class HealthDto {
  @ApiProperty({ enum: ['ok'], example: 'ok' })
  status!: 'ok';

  @ApiProperty({ example: '0.1.0' })
  version!: string;

  @ApiProperty({
    type: String,
    nullable: true,
    example: '8f14e45fceea',
    description: 'The commit of the build.',
  })
  commit!: string | null;
}

/** The maximum time that a probe waits for the database, in milliseconds. */
const DATABASE_TIMEOUT_MS = 5_000;

/** The faults of a database that is not ready. */
const FAULTS: Readonly<Record<Exclude<DatabaseState, 'ready'>, Fault>> = {
  read_only: { path: 'database', message: 'is read-only' },
  not_migrated: { path: 'migrations', message: 'have not all been run' },
};

/** Liveness and readiness of the process. */
@ApiTags('health')
@Controller('health')
@UseFilters(ApiErrorFilter)
export class HealthController {
  private readonly state: SharedReading<DatabaseState>;

  constructor(
    database: Database,
    private readonly queue: QueueService,
  ) {
    this.state = new SharedReading(() => database.state(), DATABASE_TIMEOUT_MS);
  }

  @Get('live')
  @ApiOperation({ operationId: 'isLive', summary: 'Check whether the process is alive' })
  @ApiOkResponse({ type: HealthDto, description: 'The process is alive.' })
  live(): HealthDto {
    return { status: 'ok', version: VERSION, commit: COMMIT };
  }

  @Get('ready')
  @ApiOperation({
    operationId: 'isReady',
    summary: 'Check whether the database is reachable, writable and migrated, and the queue is running',
  })
  @ApiOkResponse({ type: HealthDto, description: 'The process is ready.' })
  @ApiErrors({ 503: 'Not ready: `details` name what is missing.' })
  async ready(): Promise<HealthDto> {
    const faults: Fault[] = [];
    const state = await this.state.latest();
    if (state === undefined) faults.push({ path: 'database', message: 'does not answer' });
    else if (state !== 'ready') faults.push(FAULTS[state]);
    if (!this.queue.isRunning) faults.push({ path: 'queue', message: 'is not running' });
    const [first] = faults;
    if (first !== undefined)
      throw new ApiError(503, `Not ready: ${first.path} ${first.message}.`, 'not_ready', faults);
    return { status: 'ok', version: VERSION, commit: COMMIT };
  }
}
