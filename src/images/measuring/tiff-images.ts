import { ORIENTATION } from './tiff-directory.js';
import type { TiffFields, TiffFile, TiffStep } from './tiff-file.js';

const NEW_SUBFILE_TYPE = 0x00fe;
const SUBFILE_TYPE = 0x00ff;
const WIDTH = 0x0100;
const HEIGHT = 0x0101;
const PHOTOMETRIC = 0x0106;
const STRIPS = 0x0111;
const SUB_DIRECTORIES = 0x014a;
const PREVIEW = 0x0201;

const IMAGE_TAGS: ReadonlySet<number> = new Set([
  NEW_SUBFILE_TYPE,
  SUBFILE_TYPE,
  WIDTH,
  HEIGHT,
  PHOTOMETRIC,
  STRIPS,
  ORIENTATION,
  SUB_DIRECTORIES,
  PREVIEW,
]);

/** Bits of a new subfile type: a smaller version (TIFF 6.0 §8), masks, depth maps and enhanced images (DNG 1.7). */
const NOT_FULL = 0x1d;
/** The old subfile type for a smaller version of another image. */
const REDUCED = 2;
/** Pixels of a color filter array, and linear raw ones (TIFF/EP, DNG 1.7). */
const RAW_PHOTOMETRICS: ReadonlySet<number | undefined> = new Set([32_803, 34_892]);

const MAX_SUB_DIRECTORIES = 8;
const MAX_DIRECTORIES = 16;

export interface TiffImage {
  readonly kind: 'image';
  readonly width: number;
  readonly height: number;
  readonly orientation: number | undefined;
  /** Whether its pixels are raw values of a sensor. */
  readonly isRaw: boolean;
  /** Whether it is declared not to be a smaller version. */
  readonly isMarkedFull: boolean;
}

export type FoundImage = TiffImage | { readonly kind: 'broken' | 'cut_short' | 'unsupported' };

/** Whether an entry is used to find the full image. */
export function isImageTag(tag: number): boolean {
  return IMAGE_TAGS.has(tag);
}

/**
 * Finds the full image of a file: its first raw image, else the first that is not a smaller version of another.
 * Examines the first directory and those below it. The following directories are examined only if none of these
 * has a full image.
 *
 * If the only image is declared a smaller version, it is the full image. If there are several and all are
 * smaller versions, there is no full image.
 */
export function* findFullImage(file: TiffFile, first: TiffFields): TiffStep<FoundImage> {
  const images: TiffImage[] = [];
  const visited = new Set<number>();
  let isCutShort = false;
  let hasPreview = false;
  let directories = 0;

  const look = (directory: TiffFields): TiffImage | undefined => {
    directories += 1;
    isCutShort ||= directory.isCutShort;
    const image = toImage(file, directory);
    hasPreview ||= image !== undefined || directory.fields.has(PREVIEW) || directory.fields.has(STRIPS);
    if (image !== undefined && isFull(file, directory.fields)) images.push(image);
    return image;
  };

  const only = look(first);
  for (let directory: TiffFields | undefined = first; directory !== undefined;) {
    if (images[0]?.isRaw === true) return images[0];
    const below = directory.fields.get(SUB_DIRECTORIES);
    for (const at of below === undefined ? [] : yield* file.numbers(below, MAX_SUB_DIRECTORIES)) {
      if (visited.has(at) || directories >= MAX_DIRECTORIES) continue;
      visited.add(at);
      const sub = yield* file.directory(at, isImageTag);
      if (sub !== undefined) look(sub);
    }
    const best = images.find(({ isRaw }) => isRaw) ?? images[0];
    if (best !== undefined && (best.isRaw || best.isMarkedFull || !isCutShort)) return best;
    const next: number = directory.next;
    if (next === 0 || visited.has(next) || directories >= MAX_DIRECTORIES) break;
    visited.add(next);
    directory = yield* file.directory(next, isImageTag);
    if (directory !== undefined) look(directory);
  }
  if (isCutShort) return { kind: 'cut_short' };
  const isAlone = first.next === 0 && !first.fields.has(SUB_DIRECTORIES);
  if (only !== undefined && isAlone) return only;
  return { kind: hasPreview ? 'unsupported' : 'broken' };
}

function toImage(file: TiffFile, { fields }: TiffFields): TiffImage | undefined {
  const width = file.number(fields.get(WIDTH));
  const height = file.number(fields.get(HEIGHT));
  if (width === undefined || height === undefined) return undefined;
  const isRaw = RAW_PHOTOMETRICS.has(file.number(fields.get(PHOTOMETRIC)));
  const isMarkedFull = fields.has(NEW_SUBFILE_TYPE) && isFull(file, fields);
  const orientation = file.number(fields.get(ORIENTATION));
  return { kind: 'image', width, height, orientation, isRaw, isMarkedFull };
}

function isFull(file: TiffFile, fields: TiffFields['fields']): boolean {
  const type = file.number(fields.get(NEW_SUBFILE_TYPE));
  if (type !== undefined) return (type & NOT_FULL) === 0;
  return file.number(fields.get(SUBFILE_TYPE)) !== REDUCED;
}
