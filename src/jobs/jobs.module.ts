import {
  type DynamicModule,
  Inject,
  type MiddlewareConsumer,
  Module,
  type NestModule,
  RequestMethod,
  type Type,
} from '@nestjs/common';
import { AnswersMiddleware } from '../http/answers/answers.middleware.js';
import { API_MOUNT, type Imports, type Mount, mounted } from '../http/routes/api-controller.decorator.js';
import { StrictQueryMiddleware } from '../http/routes/unknown-parameters.js';
import { SmallBodyMiddleware } from '../http/bodies/small-body.middleware.js';
import { JobControlController } from './control/job-control.controller.js';
import { JobControlRepository } from './control/job-control.repository.js';
import { JobControlService } from './control/job-control.service.js';
import { JobPurge } from './control/job-purge.js';
import { FlagProcessor } from './flags/flag.processor.js';
import { FlagWorker } from './flags/flag.worker.js';
import { JobFlagsRepository } from './flags/job-flags.repository.js';
import { JobEnds } from './job-ends.js';
import { JobEventsController } from './progress/job-events.controller.js';
import { JobEventsService } from './progress/job-events.service.js';
import { JobsController } from './jobs.controller.js';
import { JobsReader } from './jobs.reader.js';
import { JobsRepository } from './jobs.repository.js';
import { JobsService } from './jobs.service.js';
import { StatusController } from './status.controller.js';
import { DocumentParser } from './submission/document/document-parser.js';
import { SubmissionBodyMiddleware } from './submission/submission-body.middleware.js';
import { DryRunService } from './submission/dry-run.service.js';
import { SubmissionController } from './submission/submission.controller.js';
import { SubmissionService } from './submission/submission.service.js';
import { SubmissionsRepository } from './submission/submissions.repository.js';
import { Retention } from './control/retention.js';
import { SweepProcessor } from './control/sweep.processor.js';
import { SweepWorker } from './control/sweep.worker.js';
import { TableStatistics } from './table-statistics.js';

/** Jobs without routes. The sweeps and the retention have to be started. */
@Module({
  providers: [
    JobsService,
    JobsReader,
    JobsRepository,
    SubmissionsRepository,
    TableStatistics,
    JobControlService,
    JobControlRepository,
    JobEnds,
    JobFlagsRepository,
    FlagProcessor,
    FlagWorker,
    SubmissionService,
    DryRunService,
    JobPurge,
    SweepProcessor,
    SweepWorker,
    Retention,
  ],
  exports: [
    JobsService,
    JobsRepository,
    JobControlService,
    JobControlRepository,
    JobEnds,
    SubmissionService,
    DryRunService,
    SweepWorker,
    FlagWorker,
    Retention,
  ],
})
export class JobsModule {
  /** @param imports the database, the images, the flags, the queue, the events, the webhooks, the outbound rules, and what provides `JOBS_OPTIONS` */
  static using(...imports: DynamicModule[]): DynamicModule {
    return { module: JobsModule, imports };
  }
}

const CONTROLLERS = [
  SubmissionController,
  JobsController,
  JobControlController,
  JobEventsController,
  StatusController,
];

const JOBS_CONTROLLERS = Symbol('JOBS_CONTROLLERS');

/** The routes of jobs. */
@Module({ providers: [DocumentParser, JobEventsService] })
export class JobsHttpModule implements NestModule {
  /** @param imports the jobs, the images, the events and the HTTP module, and what the guards need */
  static at(mount: Mount, ...imports: Imports): DynamicModule {
    const controllers = mounted(CONTROLLERS, mount);
    return {
      module: JobsHttpModule,
      imports,
      controllers,
      providers: [
        { provide: API_MOUNT, useValue: mount },
        { provide: JOBS_CONTROLLERS, useValue: controllers },
      ],
    };
  }

  constructor(
    @Inject(API_MOUNT) private readonly mount: Mount,
    @Inject(JOBS_CONTROLLERS) private readonly controllers: readonly Type[],
  ) {}

  configure(consumer: MiddlewareConsumer): void {
    const { path } = this.mount;
    const submissions = ['jobs', 'submit'].map((name) => ({
      path: `${path}/${name}`,
      method: RequestMethod.POST,
    }));
    consumer.apply(AnswersMiddleware, StrictQueryMiddleware).forRoutes(...this.controllers);
    consumer.apply(SubmissionBodyMiddleware).forRoutes(...submissions);
    consumer
      .apply(SmallBodyMiddleware)
      .exclude(...submissions)
      .forRoutes(...this.controllers);
  }
}
