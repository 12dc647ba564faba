import { Check, Column, Entity, Index, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';
import { SCHEMA } from '../database/schema.js';
import type { FlagCounts } from '../images/flags/flag-codes.js';
import type { Metadata } from './metadata.rule.js';

export const JOB_STATUSES = ['ongoing', 'completed', 'failed', 'cancelled'] as const;
export type JobStatus = (typeof JOB_STATUSES)[number];
/** The status of a job that has ended. */
export type JobOutcome = Exclude<JobStatus, 'ongoing'>;
export const JOB_OUTCOMES = ['completed', 'failed', 'cancelled'] as const satisfies readonly JobOutcome[];

/** A submitted job. The four counters of its images always add up to `total`. */
@Entity({ schema: SCHEMA, name: 'job', synchronize: false })
@Index('job_by_time', ['created_at', 'id'])
@Index('job_by_status', ['status', 'created_at', 'id'])
@Index('job_by_reference', ['reference', 'created_at', 'id'], { where: 'reference IS NOT NULL' })
@Index('job_by_idempotency_key', ['idempotency_caller', 'idempotency_key'], {
  unique: true,
  where: 'idempotency_key IS NOT NULL',
})
@Index('job_by_end', ['finished_at'], { where: 'finished_at IS NOT NULL' })
@Check('job_status', `status IN ('ongoing', 'completed', 'failed', 'cancelled')`)
@Check('job_counters', 'pending >= 0 AND total = pending + succeeded + failed + skipped')
export class ShelflineJob {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id!: string;

  /** The id in the API. */
  @Column('text', { unique: true })
  job_id!: string;

  @Column('text', { nullable: true })
  reference!: string | null;

  @Column('jsonb', { default: {} })
  metadata!: Metadata;

  /** The IANA name of the zone of times without an offset. */
  @Column('text', { nullable: true })
  time_zone!: string | null;

  /** The name of the API key that it was submitted with, or the text from a host platform. */
  @Column('text', { nullable: true })
  submitted_by!: string | null;

  /** The URL that receives webhooks when the job ends. */
  @Column('text', { nullable: true })
  callback_url!: string | null;

  @Column('text')
  status!: JobStatus;

  /** The number of the run, which a retry increases. Tasks and results of earlier runs are ignored. */
  @Column('integer')
  run!: number;

  /** The number of visits. */
  @Column('integer')
  count!: number;

  /** The number of images. */
  @Column('integer')
  total!: number;

  @Column('integer')
  pending!: number;

  @Column('integer')
  succeeded!: number;

  @Column('integer')
  failed!: number;

  @Column('integer')
  skipped!: number;

  /** The number of visits to stores that were not in the store master. */
  @Column('integer')
  unknown_visits!: number;

  /** True after a cancel or a retry, until all rows of visits and images match the state of the job. They are updated in steps. */
  @Column('boolean', { default: false })
  rows_behind!: boolean;

  /** The caller that sent the idempotency key, or '' without API keys. */
  @Column('text', { nullable: true })
  idempotency_caller!: string | null;

  @Column('text', { nullable: true })
  idempotency_key!: string | null;

  /** The digest of the submission with the idempotency key. */
  @Column('text', { nullable: true })
  submission_digest!: string | null;

  @Column({ type: 'timestamptz', precision: 3 })
  created_at!: Date;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  started_at!: Date | null;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  finished_at!: Date | null;

  /** Images by flag code, as they were counted after the last end. Null until then, and if flags are off. */
  @Column('jsonb', { nullable: true })
  flags!: FlagCounts | null;

  /** True from the end of the job until its flags are counted. Its webhook and its last event wait for that. */
  @Column('boolean', { default: false })
  flags_pending!: boolean;

  /** The last run whose images have all been compared with others. */
  @Column('integer', { default: 0 })
  compared_run!: number;
}

/** One row for each store that a job has visits to. The list of jobs by store reads it, newest first. */
@Entity({ schema: SCHEMA, name: 'job_store', synchronize: false })
export class ShelflineJobStore {
  @PrimaryColumn('text')
  store_id!: string;

  @PrimaryColumn('timestamptz', { precision: 3 })
  job_created_at!: Date;

  @PrimaryColumn('bigint')
  job!: string;
}
