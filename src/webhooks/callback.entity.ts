import { Check, Column, Entity, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { SCHEMA } from '../database/schema.js';

/** Where a callback stands: not tried yet, answered with 2xx, to be tried again, or not any more. */
export const CALLBACK_STATES = ['waiting', 'delivered', 'retrying', 'given_up'] as const;
export type CallbackState = (typeof CALLBACK_STATES)[number];

/** What is told of one end of a job: made in the transaction that ends it, and its body with it. A job ends once in a run. */
@Entity({ schema: SCHEMA, name: 'callback' })
@Check('callback_state', `state IN ('waiting', 'delivered', 'retrying', 'given_up')`)
export class Callback {
  @PrimaryColumn('bigint')
  job!: string;

  @PrimaryColumn('integer')
  run!: number;

  /** Goes with its job. By its name, for the job's own room stands above this one. */
  @ManyToOne('JobRow', { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'job', referencedColumnName: 'id', foreignKeyConstraintName: 'callback_of_job' })
  readonly ofJob!: unknown;

  /** Its `webhook-id`, the same on each try. */
  @Column('text')
  webhook_id!: string;

  @Column('text')
  url!: string;

  /** The JSON that is sent, as it is signed. */
  @Column('text')
  body!: string;

  @Column('text')
  state!: CallbackState;

  /** Raised each time it is asked for again: tasks of an earlier sending don't count. */
  @Column('integer', { default: 1 })
  sending!: number;

  @Column('integer', { default: 0 })
  attempts!: number;

  /** How many of them were of earlier sendings. */
  @Column('integer', { default: 0 })
  earlier_attempts!: number;

  /** Of the last answer; null where there was none. */
  @Column('smallint', { nullable: true })
  last_status!: number | null;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  last_attempt_at!: Date | null;
}
