import { type Fault, InvalidInputError } from '../http/errors/api-error.js';
import type { Rule } from '../http/input/rules.js';
import { findMissingHalf, toPosition } from './store-position.js';
import type { ShelflineStore, StoreChange } from './store.entity.js';
import { areaCode, latitude, longitude, radiusMeters, storeId, storeName } from './store.rules.js';

/**
 * Returns the store after a change. An absent field keeps its value.
 *
 * @param found the store before, or undefined for a new store
 * @throws InvalidInputError
 */
export function toChangedStore(found: ShelflineStore | undefined, change: StoreChange): ShelflineStore {
  const { store_name = found?.store_name, area_code = found?.area_code, store_id } = change;
  const { radius_meters = found?.radius_meters ?? null } = change;
  const { latitude: north = found?.latitude ?? null, longitude: east = found?.longitude ?? null } = change;
  const missing = findMissingHalf({ latitude: north, longitude: east });
  const faults = [
    ...findFaults('store_id', storeId, store_id),
    ...findFaults('store_name', storeName, store_name),
    ...findFaults('area_code', areaCode, area_code),
    ...(north === null ? [] : findFaults('latitude', latitude, north)),
    ...(east === null ? [] : findFaults('longitude', longitude, east)),
    ...(radius_meters === null ? [] : findFaults('radius_meters', radiusMeters, radius_meters)),
    ...(missing === undefined ? [] : [missing]),
  ];
  if (faults.length > 0 || store_name === undefined || area_code === undefined)
    throw new InvalidInputError(faults);
  return { store_id, store_name, area_code, ...toPosition(north, east), radius_meters };
}

function findFaults(path: string, rule: Rule, value: unknown): Fault[] {
  const message = rule(value);
  return typeof message === 'string' ? [{ path, message }] : [];
}
