import { type Box, BOX_HEAD_BYTES, boxIn, type ReadStep } from './boxes.js';
import { MAX_PIECE_BYTES } from './format-reader.js';
import { type ItemBoxes, primaryItemIn } from './heif-items.js';
import type { Property } from './heif-transforms.js';

/** What a `meta` box says of its items. */
export interface HeifMeta extends ItemBoxes {
  readonly kind: 'meta';
  /** In the order of `ipco`; undefined for those that say nothing of the size. */
  readonly properties: readonly (Property | undefined)[];
  /** Where the content of the `idat` box begins. */
  readonly dataAt: number | undefined;
}

/** Why there is none: the file ends in it, a box in it can be none, or it is larger than anyone here reads it. */
export type NoMeta = { readonly kind: 'cut_short' | 'broken' | 'unsupported' };

/** `ispe`, `clap`, `irot` and `imir` are no longer, head and all. */
const PROPERTY_BYTES = 48;
const PROPERTIES: ReadonlySet<string> = new Set(['ispe', 'clap', 'irot', 'imir']);
const KEPT: ReadonlySet<string> = new Set(['pitm', 'iinf', 'iloc', 'iref']);
const FULL_HEAD_BYTES = 4;

/**
 * Reads a `meta` box (ISO/IEC 14496-12 §8.11) once from its start to its end, so that it costs one request wherever it
 * stands. Keeps copies of the boxes that tell of items, and passes over all others, which may hold an image.
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
    // Where a `meta` box goes on to the end of the file, so does the file.
    if (bytes.length < length && meta.end < Infinity) return { kind: 'cut_short' };
    const box = boxIn(bytes, 0, at, meta.end);
    if (box === undefined) {
      if (bytes.length < 8) break;
      return { kind: 'broken' };
    }
    // The boxes in `iprp` and `ipco` come one after the other with those around them.
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

/** A function of its own, so that nobody holds the piece as well while the next one is waited for. */
function* readCopy(at: number, length: number): ReadStep<Buffer> {
  return Buffer.from(yield { at, length });
}

function propertyIn(bytes: Buffer, { type, at, bodyAt, end }: Box): Property | undefined {
  if (!PROPERTIES.has(type)) return undefined;
  return { type, body: Buffer.from(bytes.subarray(bodyAt - at, end - at)) };
}
