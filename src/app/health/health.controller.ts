import { Controller, Get, UseFilters } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiSchema, ApiTags } from '@nestjs/swagger';
import { Database } from '../../database/database.js';
import { ApiError, type Fault } from '../../http/api-error.js';
import { ApiErrorFilter } from '../../http/api-error.filter.js';
import { ApiErrors } from '../../http/api-docs.js';
import { QueueService } from '../../queue/queue.service.js';
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

/** Whether the process lives, and whether it can work. */
@ApiTags('health')
@Controller('health')
@UseFilters(ApiErrorFilter)
export class HealthController {
  constructor(
    private readonly database: Database,
    private readonly queue: QueueService,
  ) {}

  @Get('live')
  @ApiOperation({ operationId: 'isLive', summary: 'The process answers' })
  @ApiOkResponse({ type: HealthDto, description: 'It does.' })
  live(): HealthDto {
    return { status: 'ok', version: VERSION, commit: COMMIT };
  }

  @Get('ready')
  @ApiOperation({ operationId: 'isReady', summary: 'Database reached, migrations in place, queue running' })
  @ApiOkResponse({ type: HealthDto, description: 'Ready.' })
  @ApiErrors({ 503: 'Not ready: `details` name what is missing.' })
  async ready(): Promise<HealthDto> {
    const faults: Fault[] = [];
    try {
      if (!(await this.database.isReady()))
        faults.push({ path: 'migrations', message: 'have not all been run' });
    } catch {
      faults.push({ path: 'database', message: 'does not answer' });
    }
    if (!this.queue.isRunning) faults.push({ path: 'queue', message: 'is not running' });
    const [first] = faults;
    if (first !== undefined)
      throw new ApiError(503, `Not ready: ${first.path} ${first.message}.`, 'not_ready', faults);
    return { status: 'ok', version: VERSION, commit: COMMIT };
  }
}
