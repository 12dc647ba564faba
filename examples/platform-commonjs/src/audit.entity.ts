import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** A walk through stores that the platform has planned. */
@Entity('audit')
export class Audit {
  @PrimaryGeneratedColumn()
  id!: number;

  @Column('text')
  title!: string;

  /** The job that checks its photos. */
  @Column('text')
  job_id!: string;
}
