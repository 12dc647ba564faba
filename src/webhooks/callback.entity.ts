import { Check, Column, Entity, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { SCHEMA } from '../database/schema.js';

/** State of a webhook: not tried yet, answered with 2xx, waiting for another attempt, or failed. */
export const CALLBACK_STATES = ['waiting', 'delivered', 'retrying', 'given_up'] as const;
export type CallbackState = (typeof CALLBACK_STATES)[number];

/**
 * The webhook for one end of a job. It is created with its body in the transaction that ends the job. A job
 * ends once in each run.
 */
@Entity({ schema: SCHEMA, name: 'callback', synchronize: false })
@Check('callback_state', `state IN ('waiting', 'delivered', 'retrying', 'given_up')`)
export class ShelflineCallback {
  @PrimaryColumn('bigint')
  job!: string;

  @PrimaryColumn('integer')
  run!: number;

  /**
   * Deleted with its job. The entity is given by name, because imports from the room of jobs are not allowed
   * here.
   */
  @ManyToOne('ShelflineJob', { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'job', referencedColumnName: 'id', foreignKeyConstraintName: 'callback_of_job' })
  readonly ofJob!: unknown;

  /** The `webhook-id`, the same for each attempt. */
  @Column('text')
  webhook_id!: string;

  @Column('text')
  url!: string;

  /** The JSON that is signed and sent. */
  @Column('text')
  body!: string;

  @Column('text')
  state!: CallbackState;

  /** Incremented each time sending it again is requested. Tasks of an earlier sending do nothing. */
  @Column('integer', { default: 1 })
  sending!: number;

  @Column('integer', { default: 0 })
  attempts!: number;

  /** Number of those attempts that belong to earlier sendings. */
  @Column('integer', { default: 0 })
  earlier_attempts!: number;

  /** Status of the last answer; null without an answer. */
  @Column('smallint', { nullable: true })
  last_status!: number | null;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  last_attempt_at!: Date | null;
}
