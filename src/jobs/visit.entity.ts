import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { SCHEMA } from '../database/schema.js';
import type { Metadata } from './metadata.rule.js';

/** One visit of a job. Its images are `image_count` images of the job, starting at `first_image`. */
@Entity({ schema: SCHEMA, name: 'visit', synchronize: false })
@Index('visit_by_store', ['job', 'store_id', 'seq'])
@Index('visit_by_time', ['visit_time', 'job', 'seq'])
@Index('visit_by_store_time', ['store_id', 'visit_time', 'job', 'seq'])
@Index('visit_by_area_time', ['area_code', 'visit_time', 'job', 'seq'])
@Index('visit_by_job_time', ['job', 'visit_time', 'seq'])
@Index('visit_by_reference', ['reference', 'visit_time', 'job', 'seq'], { where: 'reference IS NOT NULL' })
@Index('visit_by_review', ['review_state', 'visit_time', 'job', 'seq'], { where: 'review_state IS NOT NULL' })
@Index('visit_by_flags', ['flags', 'visit_time', 'job', 'seq'], { where: 'flags <> 0' })
@Check('visit_review', `review_state IN ('approved', 'rejected', 'needs_attention')`)
@Index('visit_unknown', ['job', 'seq'], { where: 'unknown_store' })
export class ShelflineVisit {
  @PrimaryColumn('bigint')
  job!: string;

  @PrimaryColumn('integer')
  seq!: number;

  @Column('text')
  store_id!: string;

  /** The area of the store when the job was submitted, or null for an unknown store. */
  @Column('text', { nullable: true })
  area_code!: string | null;

  @Column({ type: 'timestamptz', precision: 3 })
  visit_time!: Date;

  /** Whether the store was unknown in `run`. In a later run of the job, the value is valid only after the store was looked up again. */
  @Column('boolean')
  unknown_store!: boolean;

  @Column('integer', { default: 1 })
  run!: number;

  @Column('integer')
  first_image!: number;

  @Column('integer')
  image_count!: number;

  /** The id of the visit in the system of the submitter. */
  @Column('text', { nullable: true })
  reference!: string | null;

  /** Null without metadata. */
  @Column('jsonb', { nullable: true })
  metadata!: Metadata | null;

  /** What a person decided about the visit, or null without a review. */
  @Column('text', { nullable: true })
  review_state!: string | null;

  @Column('text', { nullable: true })
  review_note!: string | null;

  /** The name of the API key, or a text from the host platform. */
  @Column('text', { nullable: true })
  review_by!: string | null;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  reviewed_at!: Date | null;

  /** The run of the job at the time of the review. In a later run the review is outdated. */
  @Column('integer', { nullable: true })
  reviewed_run!: number | null;

  /** The bits of the flags of all its images; null or 0 without any. */
  @Column('smallint', { nullable: true })
  flags!: number | null;
}
