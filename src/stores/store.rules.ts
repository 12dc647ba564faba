import { text } from '../http/input/rules.js';

/** The rules of the fields of a store, in JSON and CSV. */
export const storeId = text(1, 64);
export const storeName = text(1, 200);
export const areaCode = text(1, 64);
