import { Column, Entity, PrimaryColumn } from 'typeorm';
import { SCHEMA } from '../../database/schema.js';

/** A submission that is being uploaded: the number of the job that it may become, and the number of its rows so far. */
@Entity({ schema: SCHEMA, name: 'upload', synchronize: false })
export class ShelflineUpload {
  @PrimaryColumn('bigint')
  job!: string;

  @Column('integer', { default: 0 })
  visits!: number;

  @Column('integer', { default: 0 })
  images!: number;

  /** The last heartbeat of the process that receives it. */
  @Column({ type: 'timestamptz', precision: 3, default: () => 'now()' })
  touched_at!: Date;
}
