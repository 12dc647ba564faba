import {
  type ArgumentsHost,
  type CallHandler,
  type CanActivate,
  Catch,
  ClassSerializerInterceptor,
  ConsoleLogger,
  Controller,
  type DynamicModule,
  type ExceptionFilter,
  type ExecutionContext,
  ForbiddenException,
  Get,
  Param,
  HttpException,
  type INestApplicationContext,
  Injectable,
  Module,
  type NestInterceptor,
  type PipeTransform,
  Post,
  Query,
  Body,
  Req,
  ValidationPipe,
  VersioningType,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { EventEmitterModule, OnEvent } from '@nestjs/event-emitter';
import { type NestExpressApplication, ExpressAdapter } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import { getDataSourceToken, TypeOrmModule } from '@nestjs/typeorm';
import { IsString } from 'class-validator';
import type { Request, RequestHandler, Response } from 'express';
import { map, type Observable } from 'rxjs';
import { Column, DataSource, Entity, PrimaryGeneratedColumn } from 'typeorm';
import {
  entitiesIn,
  JOB_EVENTS,
  type JobFinished,
  type JobProgressed,
  type JobSubmitted,
  JobsService,
  type JobView,
  migrationsIn,
  rememberCaller,
  StoreVisitsModule,
  type StoreVisitsSetup,
} from '../../src/index.js';
import { createTestDatabase, type TestDatabase } from './database.js';
import { endLater, hasEnded } from './leftovers.js';

/** A table of the platform's own. */
@Entity('customer')
export class Customer {
  @PrimaryGeneratedColumn()
  id!: number;

  @Column('text')
  name!: string;
}

/** What the platform knows. */
@Injectable()
export class Platform {
  readonly tenants = new Set(['acme', 'globex']);
}

/** Lets in who names a tenant, and says so to whom it may concern. */
@Injectable()
export class TenantGuard implements CanActivate {
  constructor(private readonly platform: Platform) {}

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<Request>();
    const tenant = request.get('x-tenant');
    if (tenant === undefined || !this.platform.tenants.has(tenant))
      throw new ForbiddenException('Which tenant?');
    rememberCaller(request, tenant);
    return true;
  }
}

class Greeting {
  @IsString()
  name!: string;
}

@Controller('greetings')
class GreetingController {
  constructor(private readonly jobs: JobsService) {}

  @Get('jobs/:id')
  job(@Param('id') id: string): Promise<JobView> {
    return this.jobs.get(id);
  }

  @Get()
  greet(@Query() { name }: Greeting): object {
    return { hello: name };
  }

  @Post()
  echo(@Body() greeting: Greeting): Greeting {
    return greeting;
  }

  @Get('request')
  seen(@Req() request: Request): object {
    return { url: request.originalUrl };
  }
}

/** Every value that a handler is given, whatever it is. */
class ShoutingPipe implements PipeTransform {
  transform(value: unknown): unknown {
    if (typeof value === 'string') return value.toUpperCase();
    return typeof value === 'object' && value !== null && !('socket' in value) && !('visits' in value)
      ? Object.assign(
          value,
          Object.fromEntries(Object.entries(value).map(([k, v]) => [k, this.transform(v)])),
        )
      : value;
  }
}

/** Every answer in an envelope. */
class EnvelopeInterceptor implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler): Observable<object> {
    return next.handle().pipe(map((data: unknown) => ({ data, envelope: true })));
  }
}

/** Every error in the platform's own words. */
@Catch()
class TeapotFilter implements ExceptionFilter {
  catch(error: unknown, host: ArgumentsHost): void {
    const status = error instanceof HttpException ? error.getStatus() : 500;
    host.switchToHttp().getResponse<Response>().status(status).json({ teapot: true, status });
  }
}

/** What its listeners heard. */
export class Heard {
  readonly submitted: JobSubmitted[] = [];
  readonly progressed: JobProgressed[] = [];
  readonly finished: JobFinished[] = [];
  /** Heard by the name of earlier releases. */
  readonly finishedBefore: JobFinished[] = [];

  @OnEvent(JOB_EVENTS.submitted)
  onSubmitted(event: JobSubmitted): void {
    this.submitted.push(event);
    throw new Error('a listener that throws');
  }

  @OnEvent(JOB_EVENTS.progressed, { suppressErrors: false })
  onProgressed(event: JobProgressed): void {
    this.progressed.push(event);
    throw new Error('a listener that throws');
  }

  @OnEvent(JOB_EVENTS.finished, { suppressErrors: false })
  async onFinished(event: JobFinished): Promise<void> {
    this.finished.push(event);
    await Promise.reject(new Error('a listener that fails later'));
  }

  @OnEvent('job.finished')
  onFinishedBefore(event: JobFinished): void {
    this.finishedBefore.push(event);
  }
}

/** How the platform of a test is put together. */
export interface PlatformSetup extends StoreVisitsSetup {
  readonly options?: Parameters<typeof StoreVisitsModule.forRoot>[0];
  /** The schema of the tables. */
  readonly schema?: string;
  /** Middleware of the platform, before all routes. */
  readonly middleware?: readonly RequestHandler[];
  /** Guards of the whole application. */
  readonly globalGuards?: readonly CanActivate[];
  /** Whether Nest parses bodies before any route. */
  readonly bodyParser?: boolean;
  /** That of another platform; one of its own unless given. */
  readonly database?: TestDatabase;
}

/** A platform with everything global that Nest has, which our module is a part of. */
export class TestPlatform {
  private constructor(
    readonly app: NestExpressApplication,
    readonly database: TestDatabase,
    readonly origin: string,
    readonly dataSource: DataSource,
  ) {}

  static async start({
    options,
    schema,
    bodyParser = true,
    globalGuards = [],
    middleware = [],
    database: shared,
    ...setup
  }: PlatformSetup): Promise<TestPlatform> {
    const database = shared ?? (await createTestDatabase());
    await database.query('CREATE TABLE IF NOT EXISTS customer (id serial PRIMARY KEY, name text NOT NULL)');
    const app = await this.application(this.module(database, setup, options, schema), bodyParser);
    app.setGlobalPrefix('platform');
    app.enableVersioning({ type: VersioningType.URI, defaultVersion: '1' });
    app.useGlobalPipes(
      new ShoutingPipe(),
      new ValidationPipe({
        whitelist: true,
        forbidNonWhitelisted: true,
        transform: true,
        validateCustomDecorators: true,
        errorHttpStatusCode: 422,
      }),
    );
    for (const handler of middleware) app.use(handler);
    app.useGlobalGuards(...globalGuards);
    app.useGlobalFilters(new TeapotFilter());
    app.useGlobalInterceptors(new EnvelopeInterceptor(), new ClassSerializerInterceptor(app.get(Reflector)));
    await app.listen(0, '127.0.0.1');
    const dataSource = app.get<DataSource>(getDataSourceToken(setup.dataSource));
    const platform = new TestPlatform(app, database, await app.getUrl(), dataSource);
    endLater(platform, () => app.close());
    return platform;
  }

  /** Without a listener, for a start that fails. */
  static async application(
    module: DynamicModule,
    bodyParser = true,
    adapter = new ExpressAdapter(),
  ): Promise<NestExpressApplication> {
    const testing = await Test.createTestingModule({ imports: [module] })
      .setLogger(new ConsoleLogger({ logLevels: [] }))
      .compile();
    return testing.createNestApplication<NestExpressApplication>(adapter, { logger: false, bodyParser });
  }

  static module(
    database: TestDatabase,
    setup: StoreVisitsSetup,
    options: PlatformSetup['options'] = {},
    schema?: string,
  ): DynamicModule {
    @Module({ providers: [Platform], exports: [Platform] })
    class CoreModule {}

    @Module({})
    class PlatformModule {}

    return {
      module: PlatformModule,
      imports: [
        EventEmitterModule.forRoot(),
        TypeOrmModule.forRoot({
          ...(setup.dataSource === undefined ? {} : { name: setup.dataSource }),
          type: 'postgres',
          url: database.url,
          // The role of the tests' server is called as our schema, which it would find first otherwise.
          schema: 'public',
          entities: [Customer, ...entitiesIn(schema)],
          migrations: migrationsIn(schema),
          migrationsRun: true,
          // What our own transactions are not to take over.
          isolationLevel: 'SERIALIZABLE',
          poolSize: 4,
          retryAttempts: 0,
        }),
        StoreVisitsModule.forRootAsync({
          ...setup,
          imports: [CoreModule],
          inject: [Platform],
          useFactory: () => options,
        }),
        CoreModule,
      ],
      controllers: [GreetingController],
      providers: [Heard],
    };
  }

  /** A process of the platform's own that only works on jobs. */
  async worker(options: PlatformSetup['options']): Promise<INestApplicationContext> {
    const module = TestPlatform.module(this.database, { role: 'worker' }, options);
    const testing = await Test.createTestingModule({ imports: [module] })
      .setLogger(new ConsoleLogger({ logLevels: [] }))
      .compile();
    return testing.init();
  }

  async stop(): Promise<void> {
    hasEnded(this);
    await this.app.close();
    await this.database.drop();
  }
}
