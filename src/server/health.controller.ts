import { Controller, Get, UseFilters } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiSchema, ApiTags } from '@nestjs/swagger';
import { HealthService } from '../health/health.service.js';
import { ApiError } from '../http/errors/api-error.js';
import { ApiErrorFilter } from '../http/errors/api-error.filter.js';
import { ApiErrors } from '../http/routes/api-docs.js';
import { COMMIT, VERSION } from './version.js';

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

/** Liveness and readiness of the process. */
@ApiTags('health')
@Controller('health')
@UseFilters(ApiErrorFilter)
export class HealthController {
  constructor(private readonly health: HealthService) {}

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
    const { faults } = await this.health.check();
    const [first] = faults;
    if (first !== undefined)
      throw new ApiError(503, `Not ready: ${first.path} ${first.message}.`, 'not_ready', [...faults]);
    return { status: 'ok', version: VERSION, commit: COMMIT };
  }
}
