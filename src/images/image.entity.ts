import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { SCHEMA } from '../database/schema.js';

/** State of an image. All but `pending` are final within a run. */
export const IMAGE_STATUSES = ['pending', 'succeeded', 'failed', 'skipped'] as const;
export type ImageStatus = (typeof IMAGE_STATUSES)[number];

/** One image of a visit and its result. `seq` numbers the images of a job in the order of submission. */
@Entity({ schema: SCHEMA, name: 'image', synchronize: false })
@Index('image_by_status', ['job', 'status', 'seq'])
@Index('image_by_file_key', ['file_key', 'job', 'seq'], { where: 'file_key IS NOT NULL' })
@Index('image_by_picture_key', ['picture_key', 'job', 'seq'], { where: 'picture_key IS NOT NULL' })
@Index('image_by_flags', ['job', 'flags', 'seq'], { where: 'flags <> 0' })
@Check('image_status', `status IN ('pending', 'succeeded', 'failed', 'skipped')`)
export class ShelflineImage {
  @PrimaryColumn('bigint')
  job!: string;

  @PrimaryColumn('integer')
  seq!: number;

  /** The `seq` of its visit. */
  @Column('integer')
  visit!: number;

  @Column('text')
  url!: string;

  @Column('text')
  status!: ImageStatus;

  /** The run of the job that the row belongs to. Results of an earlier run are not recorded. */
  @Column('integer')
  run!: number;

  /** Pixels, as stored in the file. */
  @Column('integer', { nullable: true })
  width!: number | null;

  @Column('integer', { nullable: true })
  height!: number | null;

  /** 2 × (width + height), in pixels. */
  @Column('integer', { nullable: true })
  perimeter!: number | null;

  @Column('text', { nullable: true })
  format!: string | null;

  @Column('text', { nullable: true })
  mime!: string | null;

  /** EXIF orientation, 1 to 8. */
  @Column('smallint', { nullable: true })
  orientation!: number | null;

  /** Bytes, as the host declared them. */
  @Column('bigint', { nullable: true })
  content_length!: string | null;

  @Column('jsonb', { nullable: true })
  analysis!: Record<string, unknown> | null;

  /** Attempts over all runs. */
  @Column('integer', { default: 0 })
  attempts!: number;

  /** Attempts in earlier runs. */
  @Column('integer', { default: 0 })
  earlier_attempts!: number;

  /** Earliest time of the next attempt; null means at once. */
  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  next_attempt_at!: Date | null;

  /** When it was first deferred in this run because its host failed repeatedly. */
  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  held_since!: Date | null;

  /**
   * How often its host refused it (429, 503, 420) in this run; null means never. A refusal is no attempt.
   */
  @Column('integer', { nullable: true })
  refusals!: number | null;

  /** When it was first refused in this run. */
  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  refused_since!: Date | null;

  @Column('text', { nullable: true })
  error!: string | null;

  @Column('text', { nullable: true })
  error_code!: string | null;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  processed_at!: Date | null;

  /** What identifies the file, and the picture in it whatever its metadata is. Null if that is not known, or not asked for. */
  @Column('bigint', { nullable: true })
  file_key!: string | null;

  @Column('bigint', { nullable: true })
  picture_key!: string | null;

  /** The bits of its flags; null or 0 without any. */
  @Column('smallint', { nullable: true })
  flags!: number | null;

  /** Evidence of flags that cannot be looked up again. */
  @Column('jsonb', { nullable: true })
  flag_evidence!: Readonly<Record<string, unknown>> | null;
}
