import { column, type Table } from '../http/tables/table.js';
import type { ShelflineStore } from './store.entity.js';

/** The store master as a table. The import accepts its file. */
export const STORE_TABLE: Table<ShelflineStore> = {
  columns: [
    column('store_id', (store) => store.store_id, 'RP00002'),
    column('store_name', (store) => store.store_name, 'Corner Market'),
    column('area_code', (store) => store.area_code, '7100015'),
    column('latitude', (store) => store.latitude, 12.9716),
    column('longitude', (store) => store.longitude, 77.5946),
    column('radius_meters', (store) => store.radius_meters, 200),
  ],
  toJson: (store) => store,
  countCharacters: () => 0,
};
