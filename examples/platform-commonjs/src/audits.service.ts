import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { JobsService, type Submission } from 'shelfline';
import { DataSource } from 'typeorm';
import { Audit } from './audit.entity';

@Injectable()
export class AuditsService {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly jobs: JobsService,
  ) {}

  /** Saves an audit together with the job that checks its photos. */
  async begin(title: string, visits: Submission['visits']): Promise<Audit> {
    return this.dataSource.transaction(async (manager) => {
      const { jobId } = await this.jobs.submit({ reference: title, visits }, { manager });
      return manager.save(manager.create(Audit, { title, job_id: jobId }));
    });
  }
}
