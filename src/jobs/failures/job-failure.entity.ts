import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { SCHEMA } from '../../database/schema.js';

/** The `host` of a row that counts the images of all hosts. */
export const ALL_HOSTS = '';
/** The `host` of a row that counts the images of all hosts without a row of their own. No host has this name. */
export const OTHER_HOSTS = '*';

/**
 * The number of images that failed in a run of a job with an error code: one row for all hosts, and one for each of the first hosts. A run whose rows
 * do not add up to the failed images of its job was begun by an earlier version, and is counted when it is read.
 */
@Entity({ schema: SCHEMA, name: 'job_failure', synchronize: false })
export class ShelflineJobFailure {
  @PrimaryColumn('bigint')
  job!: string;

  @ManyToOne('ShelflineJob', { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'job', referencedColumnName: 'id', foreignKeyConstraintName: 'failure_of_job' })
  readonly ofJob!: unknown;

  @PrimaryColumn('integer')
  run!: number;

  /** The host of the URLs, {@link ALL_HOSTS} or {@link OTHER_HOSTS}. */
  @PrimaryColumn('text')
  host!: string;

  @PrimaryColumn('text')
  error_code!: string;

  @Column('integer')
  count!: number;

  /** The `seq` of one of the images. */
  @Column('integer')
  example!: number;
}
