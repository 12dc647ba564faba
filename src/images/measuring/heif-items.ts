import { boxesIn, FieldReader } from './boxes.js';

/** The location of an item: pieces of the file or of the `idat` box. */
export interface ItemLocation {
  readonly method: number;
  readonly extents: readonly { readonly offset: number; readonly length: number }[];
}

/** The contents of the boxes of a `meta` box that describe its items, as far as they exist. */
export interface ItemBoxes {
  readonly primary: number;
  /** `iinf`, `iloc` and `iref`. */
  readonly infos: Buffer | undefined;
  readonly locations: Buffer | undefined;
  readonly references: Buffer | undefined;
  /** Every `ipma`. */
  readonly associations: readonly Buffer[];
}

/** Maximum number of extents of an item's data. */
const MAX_EXTENTS = 1_024;
const LONG_IDS = 1;

/** The primary item (ISO/IEC 14496-12 §8.11.4). */
export function primaryItemIn(body: Buffer): number {
  const fields = new FieldReader(body);
  return fields.uint(fields.full().version === 0 ? 2 : 4);
}

/** The type of each item, by its number, as four characters (ISO/IEC 14496-12 §8.11.6). */
export function itemTypesIn(body: Buffer): ReadonlyMap<number, string> {
  const types = new Map<number, string>();
  const head = new FieldReader(body);
  head.uint(head.full().version === 0 ? 2 : 4);
  for (const { type, bodyAt, end } of boxesIn(body, 0, head.at)) {
    if (type !== 'infe') continue;
    const fields = new FieldReader(body.subarray(0, end), bodyAt);
    const { version } = fields.full();
    // Items of older versions have other types, and are no images.
    if (version < 2) continue;
    const id = fields.uint(version === 2 ? 2 : 4);
    fields.uint(2);
    const itemType = fields.type();
    if (fields.isWithin && !types.has(id)) types.set(id, itemType);
  }
  return types;
}

/** References of one type, from an item to others (ISO/IEC 14496-12 §8.11.12). */
export function* referencesIn(
  body: Buffer | undefined,
  wanted: string,
): Generator<{ readonly from: number; readonly to: readonly number[] }, void, void> {
  if (body === undefined) return;
  const head = new FieldReader(body);
  const idBytes = head.full().version === 0 ? 2 : 4;
  for (const { type, bodyAt, end } of boxesIn(body, 0, head.at)) {
    if (type !== wanted) continue;
    const fields = new FieldReader(body.subarray(0, end), bodyAt);
    const from = fields.uint(idBytes);
    const count = Math.min(fields.uint(2), Math.max(0, Math.floor((end - fields.at) / idBytes)));
    yield { from, to: Array.from({ length: count }, () => fields.uint(idBytes)) };
  }
}

/**
 * The location of an item (`iloc`, ISO/IEC 14496-12 §8.11.3). Versions 1 and 2 have two more bytes for each
 * item, the construction method. Version 2 has longer item numbers. Undefined if the item has no location or is
 * in another file.
 */
export function findLocation(item: number, body: Buffer | undefined): ItemLocation | undefined {
  if (body === undefined) return undefined;
  const fields = new FieldReader(body);
  const { version } = fields.full();
  if (version > 2) return undefined;
  const [offsetBytes, lengthBytes] = nibbles(fields.uint(1));
  const [baseBytes, indexBytes] = nibbles(fields.uint(1));
  const sizes = [offsetBytes, lengthBytes, baseBytes, indexBytes];
  if (sizes.some((size) => size > 8)) return undefined;
  const idBytes = version < 2 ? 2 : 4;
  for (let items = fields.uint(idBytes); items > 0 && fields.isWithin; items -= 1) {
    const id = fields.uint(idBytes);
    const method = version === 0 ? 0 : fields.uint(2) & 0xf;
    const source = fields.uint(2);
    const base = fields.uint(baseBytes);
    const count = fields.uint(2);
    const extentBytes = (version === 0 ? 0 : indexBytes) + offsetBytes + lengthBytes;
    if (id !== item) {
      fields.at += count * extentBytes;
      continue;
    }
    if (source !== 0 || count > MAX_EXTENTS) return undefined;
    const extents = Array.from({ length: count }, () => {
      fields.uint(version === 0 ? 0 : indexBytes);
      return { offset: base + fields.uint(offsetBytes), length: fields.uint(lengthBytes) };
    });
    return fields.isWithin && count > 0 ? { method, extents } : undefined;
  }
  return undefined;
}

function nibbles(byte: number): readonly [number, number] {
  return [byte >> 4, byte & 0xf];
}

/**
 * The properties of an item in order, as positions in the `ipco` box from 1 (`ipma`, ISO/IEC 23008-12 §9.3). A
 * position has 7 or 15 bits.
 */
export function getProperties(item: number, bodies: readonly Buffer[]): readonly number[] {
  const indexes: number[] = [];
  for (const body of bodies) {
    const fields = new FieldReader(body);
    const { version, flags } = fields.full();
    const idBytes = version === 0 ? 2 : 4;
    const indexBytes = (flags & LONG_IDS) === 0 ? 1 : 2;
    for (let entries = fields.uint(4); entries > 0 && fields.isWithin; entries -= 1) {
      const id = fields.uint(idBytes);
      const count = fields.uint(1);
      if (id === item) {
        for (let left = count; left > 0; left -= 1) {
          const index = fields.uint(indexBytes) & (indexBytes === 1 ? 0x7f : 0x7fff);
          if (index > 0) indexes.push(index);
        }
        if (indexes.length > 0) return indexes;
      } else {
        fields.at += count * indexBytes;
      }
    }
  }
  return indexes;
}
