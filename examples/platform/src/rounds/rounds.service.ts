import { Injectable } from '@nestjs/common';
import { OnEvent } from '@nestjs/event-emitter';
import { InjectDataSource } from '@nestjs/typeorm';
import { JOB_EVENTS, type JobFinished, JobsService, type Submission } from 'shelfline';
import { DataSource } from 'typeorm';
import { Round } from './round.entity.js';

/** Rounds, each with the job that checks its photos. */
@Injectable()
export class RoundsService {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly jobs: JobsService,
  ) {}

  /** The round and its job are there together, or neither is. */
  async report(user: number, title: string, visits: Submission['visits']): Promise<Round> {
    return this.dataSource.transaction(async (manager) => {
      const round = await manager.save(manager.create(Round, { user_id: user, title, outcome: null }));
      const { jobId } = await this.jobs.submit({ reference: `round ${round.id}`, visits }, { manager });
      return manager.save(Object.assign(round, { job_id: jobId }));
    });
  }

  async listOf(user: number): Promise<Round[]> {
    return this.dataSource.getRepository(Round).find({ where: { user_id: user }, order: { id: 'DESC' } });
  }

  /** In the process that worked on the job, once its end is committed. */
  @OnEvent(JOB_EVENTS.finished)
  async onJobFinished({ job_id, status }: JobFinished): Promise<void> {
    await this.dataSource.getRepository(Round).update({ job_id }, { outcome: status });
  }
}
