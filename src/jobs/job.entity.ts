import { Check, Column, Entity, Index, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';
import { SCHEMA } from '../database/schema.js';
import type { Metadata } from './metadata.rule.js';

/** Where a job stands. */
export const JOB_STATUSES = ['ongoing', 'completed', 'failed', 'cancelled'] as const;
export type JobStatus = (typeof JOB_STATUSES)[number];
/** What a job came to. */
export type JobOutcome = Exclude<JobStatus, 'ongoing'>;
export const JOB_OUTCOMES = ['completed', 'failed', 'cancelled'] as const satisfies readonly JobOutcome[];

/** A submitted job. The four counters of its images always add up to `total`. */
@Entity({ schema: SCHEMA, name: 'job' })
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
export class JobRow {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id!: string;

  /** What clients call it. */
  @Column('text', { unique: true })
  job_id!: string;

  @Column('text', { nullable: true })
  reference!: string | null;

  @Column('jsonb', { default: {} })
  metadata!: Metadata;

  /** The IANA zone of its times without an offset. */
  @Column('text', { nullable: true })
  time_zone!: string | null;

  /** The name of the API key that it was submitted with, or what a platform said. */
  @Column('text', { nullable: true })
  submitted_by!: string | null;

  /** Where its ends are told. */
  @Column('text', { nullable: true })
  callback_url!: string | null;

  @Column('text')
  status!: JobStatus;

  /** Raised by a retry: tasks and results of an earlier run don't count. */
  @Column('integer')
  run!: number;

  /** Visits. */
  @Column('integer')
  count!: number;

  /** Images. */
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

  /** Visits to stores that the store master lacked. */
  @Column('integer')
  unknown_visits!: number;

  /** Set by a cancel and a retry, while the rows of visits and images are brought after the job's state step by step. */
  @Column('boolean', { default: false })
  rows_behind!: boolean;

  /** Who sent the idempotency key: '' where callers have no keys of their own. */
  @Column('text', { nullable: true })
  idempotency_caller!: string | null;

  @Column('text', { nullable: true })
  idempotency_key!: string | null;

  /** Of the submission that the key was sent with. */
  @Column('text', { nullable: true })
  submission_digest!: string | null;

  @Column({ type: 'timestamptz', precision: 3 })
  created_at!: Date;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  started_at!: Date | null;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  finished_at!: Date | null;
}

/** A job has visits to a store. Serves the list of jobs by store, newest first. */
@Entity({ schema: SCHEMA, name: 'job_store' })
export class JobStore {
  @PrimaryColumn('text')
  store_id!: string;

  @PrimaryColumn('timestamptz', { precision: 3 })
  job_created_at!: Date;

  @PrimaryColumn('bigint')
  job!: string;
}
