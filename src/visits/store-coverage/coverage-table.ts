import { column, type Table, timeColumn } from '../../http/tables/table.js';
import type { StoreCoverageView } from './coverage.service.js';

/** The coverage of stores as a table. */
export const COVERAGE_TABLE: Table<StoreCoverageView> = {
  columns: [
    column('store_id', (store) => store.store_id, 'RP00002'),
    column('store_name', (store) => store.store_name, 'Corner Market'),
    column('area_code', (store) => store.area_code, '7100015'),
    column('state', (store) => store.state, 'covered'),
    column('visits', (store) => store.visits, 4),
    column('images', (store) => store.images, 12),
    column('usable', (store) => store.usable, 11),
    column('flagged', (store) => store.flagged, 1),
    timeColumn('last_visit_time', (store) => store.last_visit_time, '2026-11-16T12:00:00.000Z'),
    timeColumn('last_usable_time', (store) => store.last_usable_time, '2026-11-16T12:00:00.000Z'),
    column('reason', (store) => store.reason),
  ],
  toJson: (store) => store,
  countCharacters: () => 0,
};
