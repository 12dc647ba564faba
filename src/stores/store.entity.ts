import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { SCHEMA } from '../database/schema.js';

/** A store of the store master. */
@Entity({ schema: SCHEMA, name: 'store', synchronize: false })
@Index('store_by_area', ['area_code', 'store_id'])
export class ShelflineStore {
  @PrimaryColumn('text')
  store_id!: string;

  @Column('text')
  store_name!: string;

  @Column('text')
  area_code!: string;
}
