import { text } from '../http/input/rules.js';

/** What the fields of a store take, wherever they come from. */
export const storeId = text(1, 64);
export const storeName = text(1, 200);
export const areaCode = text(1, 64);
