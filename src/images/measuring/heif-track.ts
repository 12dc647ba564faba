import { type Box, boxesIn, FieldReader, findBox, readBox, type ReadStep } from './boxes.js';
import type { HeifKind } from './heif-brands.js';
import { cleanApertureIn } from './heif-transforms.js';
import { type ImageSize, toMeasuredSize } from './measurement.js';

/** Handlers of picture tracks. `auxv` is for depth or alpha. */
const PICTURES: ReadonlySet<string> = new Set(['pict', 'vide']);
/** Boxes whose content is searched. */
const PARENTS: ReadonlySet<string> = new Set(['mdia', 'minf', 'stbl']);

const TRACK_HEAD_BYTES = 96;
const HANDLER_BYTES = 12;
/** Head of the first sample entry, its fields, and its first boxes. */
const ENTRY_BYTES = 1_024;
const ENTRY_FIELDS_BYTES = 78;

/**
 * The size of the first picture track in a `moov` box (ISO/IEC 14496-12 §8.3.2, §8.5.2 and §12.1.3), as its
 * pictures are stored, with the clean aperture applied. The orientation is that of the matrix. Undefined
 * without such a track.
 */
export function* readTrackSize(
  moov: Box,
  { format, mime }: HeifKind,
): ReadStep<ImageSize | { readonly kind: 'broken' } | undefined> {
  for (let at = moov.bodyAt; ;) {
    const track = yield* findBox('trak', at, moov.end);
    if (track === undefined) return undefined;
    const found = yield* readTrack(track);
    if (found.size !== undefined && PICTURES.has(found.handler))
      return toMeasuredSize(found.size.width, found.size.height, format, mime, found.orientation);
    at = track.end;
  }
}

interface Track {
  handler: string;
  size: { readonly width: number; readonly height: number } | undefined;
  orientation: number | undefined;
}

function* readTrack(track: Box): ReadStep<Track> {
  const found: Track = { handler: '', size: undefined, orientation: undefined };
  for (let at = track.bodyAt; ;) {
    const box: Box | undefined = yield* readBox(at, track.end);
    if (box === undefined) return found;
    const piece = (length: number): { at: number; length: number } => ({
      at: box.bodyAt,
      length: Math.min(length, box.end - box.bodyAt),
    });
    if (box.type === 'tkhd') found.orientation = orientationIn(yield piece(TRACK_HEAD_BYTES));
    else if (box.type === 'hdlr') found.handler = (yield piece(HANDLER_BYTES)).toString('latin1', 8, 12);
    else if (box.type === 'stsd') found.size = entrySizeIn(yield piece(ENTRY_BYTES));
    at = PARENTS.has(box.type) ? box.bodyAt : box.end;
  }
}

/** The transform that rotates and mirrors pictures; undefined if they are shown as stored. */
function orientationIn(tkhd: Buffer): number | undefined {
  const fields = new FieldReader(tkhd);
  // Skips the times, the number of the track and its layer.
  fields.at = fields.full().version === 0 ? 40 : 52;
  const matrix = Array.from({ length: 5 }, () => Math.sign(fields.uint(4) | 0));
  const [a = 0, b = 0, , c = 0, d = 0] = matrix;
  return fields.isWithin ? ORIENTATIONS[[a, b, c, d].join()] : undefined;
}

/** Signs of the entries a, b, c and d of the matrix (ISO/IEC 14496-12 §6.2.2). */
const ORIENTATIONS: Readonly<Record<string, number>> = {
  '-1,0,0,1': 2,
  '-1,0,0,-1': 3,
  '1,0,0,-1': 4,
  '0,1,1,0': 5,
  '0,1,-1,0': 6,
  '0,-1,-1,0': 7,
  '0,-1,1,0': 8,
};

function entrySizeIn(stsd: Buffer): { readonly width: number; readonly height: number } | undefined {
  const fields = new FieldReader(stsd, 8);
  const end = 8 + fields.uint(4);
  fields.at += 4 + 24;
  const size = { width: fields.uint(2), height: fields.uint(2) };
  if (!fields.isWithin) return undefined;
  const boxesAt = 8 + 8 + ENTRY_FIELDS_BYTES;
  for (const { type, bodyAt, end: boxEnd } of boxesIn(stsd.subarray(0, end), 0, boxesAt)) {
    const aperture = type === 'clap' ? cleanApertureIn(stsd.subarray(bodyAt, boxEnd)) : undefined;
    if (aperture !== undefined) {
      return {
        width: Math.min(size.width, aperture.width),
        height: Math.min(size.height, aperture.height),
      };
    }
  }
  return size;
}
