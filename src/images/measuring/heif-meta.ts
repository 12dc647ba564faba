import { type Box, BOX_HEAD_BYTES, boxIn, type ReadStep } from './boxes.js';
import { MAX_PIECE_BYTES } from './format-reader.js';
import { type ItemBoxes, primaryItemIn } from './heif-items.js';
import type { Property } from './heif-transforms.js';

/** The contents of a `meta` box. */
export interface HeifMeta extends ItemBoxes {
  readonly kind: 'meta';
  /** In the order of `ipco`; undefined for properties that do not affect the size. */
  readonly properties: readonly (Property | undefined)[];
  /** Offset of the content of the `idat` box. */
  readonly dataAt: number | undefined;
}

/** Why it cannot be read: the file ends in it, a box in it is invalid, or it is too large. */
export type NoMeta = { readonly kind: 'cut_short' | 'broken' | 'unsupported' };

/** Longest of the boxes `ispe`, `clap`, `irot` and `imir`, including its head. */
const PROPERTY_BYTES = 48;
const PROPERTIES: ReadonlySet<string> = new Set(['ispe', 'clap', 'irot', 'imir']);
const KEPT: ReadonlySet<string> = new Set(['pitm', 'iinf', 'iloc', 'iref']);
const FULL_HEAD_BYTES = 4;

/**
 * Reads a `meta` box (ISO/IEC 14496-12 §8.11) once from start to end, so that it costs one request wherever it
 * is. Copies the boxes that describe items, and skips all others, which may hold an image.
 */
export function* readHeifMeta(meta: Box): ReadStep<HeifMeta | NoMeta> {
  const kept = new Map<string, Buffer>();
  const associations: Buffer[] = [];
  const properties: (Property | undefined)[] = [];
  let dataAt: number | undefined;
  let room = MAX_PIECE_BYTES;
  let propertiesEnd = 0;
  for (let at = meta.bodyAt + FULL_HEAD_BYTES; Number.isSafeInteger(at) && at + 8 <= meta.end;) {
    const length = Math.min(at < propertiesEnd ? PROPERTY_BYTES : BOX_HEAD_BYTES, meta.end - at);
    const bytes = yield { at, length };
    // If a `meta` box extends to the end of the file, the file ends too.
    if (bytes.length < length && meta.end < Infinity) return { kind: 'cut_short' };
    const box = boxIn(bytes, 0, at, meta.end);
    if (box === undefined) {
      if (bytes.length < 8) break;
      return { kind: 'broken' };
    }
    // The boxes in `iprp` and `ipco` are read in sequence with the boxes around them.
    const isParent = box.type === 'iprp' || box.type === 'ipco';
    if (box.type === 'ipco') propertiesEnd = box.end;
    else if (at < propertiesEnd) properties.push(propertyIn(bytes, box));
    else if (box.type === 'idat') dataAt ??= box.bodyAt;
    else if (box.type === 'ipma' || (KEPT.has(box.type) && !kept.has(box.type))) {
      const bodyBytes = box.end - box.bodyAt;
      room -= bodyBytes;
      if (room < 0) return { kind: 'unsupported' };
      const body = yield* readCopy(box.bodyAt, bodyBytes);
      if (body.length < bodyBytes) return { kind: 'cut_short' };
      if (box.type === 'ipma') associations.push(body);
      else kept.set(box.type, body);
    }
    at = isParent ? box.bodyAt : box.end;
  }
  const primary = kept.get('pitm');
  return {
    kind: 'meta',
    primary: primary === undefined ? 0 : primaryItemIn(primary),
    infos: kept.get('iinf'),
    locations: kept.get('iloc'),
    references: kept.get('iref'),
    associations,
    properties,
    dataAt,
  };
}

/** A separate function, so that the piece is not held while the next one is waited for. */
function* readCopy(at: number, length: number): ReadStep<Buffer> {
  return Buffer.from(yield { at, length });
}

function propertyIn(bytes: Buffer, { type, at, bodyAt, end }: Box): Property | undefined {
  if (!PROPERTIES.has(type)) return undefined;
  return { type, body: Buffer.from(bytes.subarray(bodyAt - at, end - at)) };
}
