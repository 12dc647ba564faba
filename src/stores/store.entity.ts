import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { SCHEMA } from '../database/schema.js';

/** A store of the store master. */
@Entity({ schema: SCHEMA, name: 'store', synchronize: false })
@Index('store_by_area', ['area_code', 'store_id'])
@Check('store_has_whole_position', '(latitude IS NULL) = (longitude IS NULL)')
export class ShelflineStore {
  @PrimaryColumn('text')
  store_id!: string;

  @Column('text')
  store_name!: string;

  @Column('text')
  area_code!: string;

  /** In degrees. A store has a latitude and a longitude, or neither. */
  @Column('double precision', { nullable: true })
  latitude!: number | null;

  @Column('double precision', { nullable: true })
  longitude!: number | null;

  /** Photos of the store are expected within this distance of its position. */
  @Column('double precision', { nullable: true })
  radius_meters!: number | null;
}

/** The fields of a store that are to change. A field that is absent stays. */
export interface StoreChange {
  readonly store_id: string;
  readonly store_name?: string | undefined;
  readonly area_code?: string | undefined;
  readonly latitude?: number | null | undefined;
  readonly longitude?: number | null | undefined;
  readonly radius_meters?: number | null | undefined;
}
