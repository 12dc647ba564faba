import { type Box, FieldReader, readBox, type ReadStep } from './boxes.js';
import { EXIF_MARK_BYTES, withExif } from './exif-block.js';
import { exifInItem } from './exif-item.js';
import type { Found, FormatReader } from './format-reader.js';
import { type HeifKind, getHeifKind, promisesPrimaryItem } from './heif-brands.js';
import { findExtents, type ItemExtents, readItem } from './heif-item-data.js';
import { itemTypesIn, getProperties, referencesIn } from './heif-items.js';
import { type HeifMeta, readHeifMeta } from './heif-meta.js';
import { MINI_BYTES, minimizedSize } from './heif-mini.js';
import { readTrackSize } from './heif-track.js';
import { type Property, transformed } from './heif-transforms.js';
import { type ImageSize, MAX_EXIF_BYTES, toMeasuredSize } from './measurement.js';

/** Longest `ftyp` box that is read. */
const BRANDS_BYTES = 512;
/** How many times an item may be derived from another. */
const MAX_DERIVATIONS = 4;
/** Bytes that contain the size of a grid or an overlay. */
const GRID_BYTES = 12;
const OVERLAY_BYTES = 18;
const LONG_SIDES = 1;
/** Offset of the TIFF structure in an EXIF item, and the mark that usually precedes it. */
const EXIF_HEAD_BYTES = 4 + EXIF_MARK_BYTES;

/**
 * Reads HEIF and AVIF files (ISO/IEC 23008-12, AV1 Image File Format): the size of the primary item before
 * rotation and mirroring. A grid counts as a whole, and a clean aperture is applied. Auxiliary images and
 * thumbnails are other items. Boxes may be in any order, so `mdat` is skipped. A file without a primary item is
 * measured by its first track.
 *
 * The orientation is that of `irot` and `imir`, even if EXIF differs (ISO/IEC 23008-12 §A.2.1, MIAF §7.3.7).
 * Without them it is that of the item's EXIF.
 */
export function* readHeif(): FormatReader {
  const first = yield* readBox(0, Infinity);
  if (first === undefined) return { kind: 'broken' };
  const brands = yield { at: first.bodyAt, length: Math.min(first.end - first.bodyAt, BRANDS_BYTES) };
  const kind = getHeifKind(brands);
  const hasPrimary = promisesPrimaryItem(brands);
  let fault: Found = { kind: 'cut_short' };
  let track: ImageSize | undefined;
  for (let at = first.end; ;) {
    const box: Box | undefined = yield* readBox(at, Infinity, track);
    if (box === undefined) return track ?? fault;
    if (box.type === 'meta') {
      const found = yield* readPrimary(box, kind);
      if (found !== undefined) return found;
      fault = { kind: 'broken' };
    } else if (box.type === 'moov' && track === undefined) {
      const found = yield* readTrackSize(box, kind);
      if (found !== undefined && (found.kind !== 'size' || !hasPrimary)) return found;
      track = found;
    } else if (box.type === 'mini') {
      const body = yield { at: box.bodyAt, length: MINI_BYTES };
      return body.length < MINI_BYTES ? { kind: 'cut_short' } : minimizedSize(body, kind);
    }
    at = box.end;
  }
}

/** Undefined if the `meta` box belongs to a sequence and describes no image. */
function* readPrimary(box: Box, kind: HeifKind): ReadStep<Found | undefined> {
  // The list of items is released before the EXIF is waited for, because both are long.
  const found = yield* readImage(box, kind);
  if (found?.kind !== 'image') return found;
  const { size, exifAt } = found;
  const exif = exifAt && exifInItem(yield* readItem(exifAt, EXIF_HEAD_BYTES + MAX_EXIF_BYTES, size));
  if (exif === undefined) return size;
  return size.orientation === null ? withExif(size, exif) : { ...size, exif };
}

/** The primary item, and the location of its EXIF. */
interface PrimaryImage {
  readonly kind: 'image';
  readonly size: ImageSize;
  readonly exifAt: ItemExtents | undefined;
}

function* readImage(box: Box, { format, mime }: HeifKind): ReadStep<PrimaryImage | Found | undefined> {
  const meta = yield* readHeifMeta(box);
  if (meta.kind !== 'meta') return meta;
  if (meta.primary === 0) return undefined;
  const types = meta.infos === undefined ? NO_TYPES : itemTypesIn(meta.infos);
  const stored = yield* readStoredSize(meta, types, meta.primary);
  if (stored === undefined) return { kind: 'broken' };
  const shape = transformed(stored.width, stored.height, propertiesIn(meta, meta.primary));
  if (shape === undefined) return { kind: 'broken' };
  const size = toMeasuredSize(shape.width, shape.height, format, mime, shape.orientation ?? undefined);
  if (size.kind !== 'size') return size;
  const exifItem = findExifItem(meta, types);
  return { kind: 'image', size, exifAt: exifItem === undefined ? undefined : findExtents(meta, exifItem) };
}

const NO_TYPES: ReadonlyMap<number, string> = new Map();

interface Sides {
  readonly width: number;
  readonly height: number;
}

/**
 * The size of an item before transforms: `ispe` contains it for every image (ISO/IEC 23008-12 §6.5.3). Without
 * `ispe`, a derived item contains it in its data (§6.6.2).
 */
function* readStoredSize(
  meta: HeifMeta,
  types: ReadonlyMap<number, string>,
  item: number,
  derivations = 0,
): ReadStep<Sides | undefined> {
  const extents = propertiesIn(meta, item).find(({ type }) => type === 'ispe');
  if (extents !== undefined) {
    const fields = new FieldReader(extents.body, 4);
    return { width: fields.uint(4), height: fields.uint(4) };
  }
  const type = types.get(item);
  if (type === 'grid') return yield* readSides(meta, item, GRID_BYTES, 4);
  if (type === 'iovl') return yield* readSides(meta, item, OVERLAY_BYTES, 10);
  const source = type === 'iden' ? findSource(meta, item) : undefined;
  if (source === undefined || derivations === MAX_DERIVATIONS) return undefined;
  const sides = yield* readStoredSize(meta, types, source, derivations + 1);
  return sides && shownSides(sides, propertiesIn(meta, source));
}

/** The first item that another is derived from. */
function findSource({ references }: HeifMeta, item: number): number | undefined {
  for (const { from, to } of referencesIn(references, 'dimg')) if (from === item) return to[0];
  return undefined;
}

/** A derived item uses the other item as it is shown. */
function shownSides({ width, height }: Sides, properties: readonly Property[]): Sides | undefined {
  const shape = transformed(width, height, properties);
  if (shape === undefined) return undefined;
  return (shape.orientation ?? 1) < 5 ? shape : { width: shape.height, height: shape.width };
}

/** Width and height in the data of an item, in 16 or 32 bits depending on its flags. */
function* readSides(meta: HeifMeta, item: number, length: number, at: number): ReadStep<Sides | undefined> {
  const data = yield* readItem(findExtents(meta, item) ?? [], length);
  const sideBytes = ((data[1] ?? 0) & LONG_SIDES) === 0 ? 2 : 4;
  const fields = new FieldReader(data, at);
  const sides = { width: fields.uint(sideBytes), height: fields.uint(sideBytes) };
  return fields.isWithin ? sides : undefined;
}

function propertiesIn(meta: HeifMeta, item: number): readonly Property[] {
  return getProperties(item, meta.associations).flatMap((place) => meta.properties[place - 1] ?? []);
}

/** The EXIF item of the primary item, or else the first one (ISO/IEC 23008-12 §A.2.1). */
function findExifItem(
  { references, primary }: HeifMeta,
  types: ReadonlyMap<number, string>,
): number | undefined {
  const items = [...types].filter(([, type]) => type === 'Exif').map(([item]) => item);
  if (items.length > 1) {
    for (const { from, to } of referencesIn(references, 'cdsc')) {
      if (types.get(from) === 'Exif' && to.includes(primary)) return from;
    }
  }
  return items[0];
}
