import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** A round of visits that a user has reported. */
@Entity('round')
export class Round {
  @PrimaryGeneratedColumn()
  id!: number;

  @Column('text')
  title!: string;

  @Column('integer')
  user_id!: number;

  /** The job that checks its photos. */
  @Column('text', { nullable: true })
  job_id!: string | null;

  /** What that came to. */
  @Column('text', { nullable: true })
  outcome!: string | null;
}
