import { type Box, readBox, type ReadStep, wanted } from './boxes.js';
import { type DirectoryName, ExifBlock } from './exif-block-writer.js';
import { withExif } from './exif-block.js';
import { FileWindow } from './file-window.js';
import type { Found, FormatReader } from './format-reader.js';
import { type ImageSize, toMeasuredSize } from './measurement.js';
import { ORIENTATION, parseTiffHeader } from './tiff-directory.js';
import { EXIF_TAGS, isPositionTag } from './tiff-exif.js';
import { type TiffFields, TiffFile, type TiffStep } from './tiff-file.js';

/** The `uuid` box in `moov` with Canon's metadata. */
const CANON_ID = '85c0b687820f11e08111f4ce462b6a48';
const ID_BYTES = 16;
const WIDTH = 0x0100;
const HEIGHT = 0x0101;

/** Length of a directory with its values. Real ones have at most 4 KiB. */
const MAX_DIRECTORY_BYTES = 16_384;

/** The boxes whose directories are read. The maker's own, `CMT3`, is not. */
const DIRECTORIES: Readonly<Record<string, DirectoryName>> = {
  CMT1: 'image',
  CMT2: 'photo',
  CMT4: 'position',
};

/**
 * Reads a raw file of a Canon camera (CR3, an ISO base media file, as https://github.com/lclevy/canon_cr3
 * describes it): the size of the full image, its orientation and its EXIF. Each EXIF directory is a TIFF
 * structure in its own box. Previews and the tracks of the sensor have other sizes.
 */
export function* readCr3(): FormatReader {
  let soFar: ImageSize | undefined;
  let block: ExifBlock | undefined;
  let hasMovie = false;
  for (let at = 0, end = Infinity; ;) {
    const box: Box | undefined = yield* readBox(at, end, soFar);
    if (box === undefined) return soFar ?? { kind: hasMovie ? 'unsupported' : 'cut_short' };
    at = box.end;
    if (box.type === 'moov') [at, hasMovie] = [box.bodyAt, true];
    if (box.type === 'uuid') {
      const id = yield wanted(box.bodyAt, ID_BYTES, soFar);
      if (id.toString('hex') === CANON_ID) [at, end] = [box.bodyAt + ID_BYTES, box.end];
    }
    const name = DIRECTORIES[box.type];
    if (name === undefined) continue;
    const file = yield* readDirectory(box, soFar);
    if (name === 'image') {
      const size = file === undefined ? undefined : sizeIn(file);
      if (size?.kind !== 'size') return size ?? { kind: 'unsupported' };
      soFar ??= size;
    }
    if (file === undefined || soFar === undefined) continue;
    block ??= new ExifBlock(file.file.layout);
    addFields(block, name, file);
    soFar = withExif(soFar, block.toBuffer());
    if (name === 'position') return soFar;
  }
}

/**
 * A directory whose values are in the same piece of the file, which is valid until the next piece is read.
 */
interface BoxDirectory {
  readonly file: TiffFile;
  readonly bytes: Buffer;
  readonly directory: TiffFields;
}

function* readDirectory(box: Box, soFar: ImageSize | undefined): ReadStep<BoxDirectory | undefined> {
  const length = Math.min(box.end - box.bodyAt, MAX_DIRECTORY_BYTES);
  const bytes = yield wanted(box.bodyAt, length, soFar);
  const layout = parseTiffHeader(bytes);
  if (layout === undefined || layout.isBigTiff) return undefined;
  const file = new TiffFile(new FileWindow(), layout);
  const directory = readWithin(
    bytes,
    file.directory(layout.firstDirectory, () => true),
  );
  return directory && { file, bytes, directory };
}

/** Runs a reader on the bytes as if they were the file. */
function readWithin<T>(bytes: Buffer, reader: TiffStep<T>): T {
  let step = reader.next();
  while (step.done !== true) {
    const { at, length } = step.value;
    step = reader.next(bytes.subarray(at, at + length));
  }
  return step.value;
}

function sizeIn({ file, directory: { fields } }: BoxDirectory): Found | undefined {
  const [width, height] = [WIDTH, HEIGHT].map((tag) => file.number(fields.get(tag)));
  if (width === undefined || height === undefined) return undefined;
  const orientation = file.number(fields.get(ORIENTATION));
  return toMeasuredSize(width, height, 'cr3', 'image/x-canon-cr3', orientation);
}

/**
 * Adds the fields that are used. A box in another byte order than the first cannot be added; no known writer
 * mixes them.
 */
function addFields(block: ExifBlock, name: DirectoryName, { file, bytes, directory }: BoxDirectory): void {
  if (file.layout.isBigEndian !== block.isBigEndian) return;
  const isOfUse = name === 'position' ? isPositionTag : (tag: number): boolean => EXIF_TAGS.has(tag);
  const fields = [...directory.fields.values()].filter(({ tag }) => isOfUse(tag));
  readWithin(
    bytes,
    file.values(
      fields,
      (field, value) => block.add(name, field, value),
      () => {},
    ),
  );
}
