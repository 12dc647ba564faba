import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

@Entity('user')
export class User {
  @PrimaryGeneratedColumn()
  id!: number;

  @Column('text', { unique: true })
  name!: string;

  /** Salt and hash of the password, in hexadecimal. */
  @Column('text')
  secret!: string;
}
