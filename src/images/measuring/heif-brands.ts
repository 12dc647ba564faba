/** The kind of an ISO media file according to its brands. */
export interface HeifKind {
  readonly format: string;
  readonly mime: string;
}

const AVIF: HeifKind = { format: 'avif', mime: 'image/avif' };
const HEIC: HeifKind = { format: 'heic', mime: 'image/heic' };
const HEIC_SEQUENCE: HeifKind = { format: 'heic', mime: 'image/heic-sequence' };
const HEIF: HeifKind = { format: 'heif', mime: 'image/heif' };
const HEIF_SEQUENCE: HeifKind = { format: 'heif', mime: 'image/heif-sequence' };

/** Offsets in the content of an `ftyp` box: the first brand, the version, and the other brands. */
const MAJOR_AT = 0;
const MINOR_AT = 4;
const OTHERS_AT = 8;

/**
 * The kind of a file according to its `ftyp` box (ISO/IEC 23008-12 §10 and annexes B and O, AV1 Image File
 * Format §6): its first brand, else the compatible ones. With `mif3` the brand of the codec replaces the
 * version.
 *
 * @param ftyp content of the box
 */
export function getHeifKind(ftyp: Buffer): HeifKind {
  const major = brandAt(ftyp, MAJOR_AT);
  const brand = major === 'mif3' ? brandAt(ftyp, MINOR_AT) : major;
  switch (brand) {
    case 'avif':
    case 'avis':
    case 'avio':
      return AVIF;
    case 'heic':
    case 'heix':
    case 'heim':
    case 'heis':
      return HEIC;
    case 'hevc':
    case 'hevx':
    case 'hevm':
    case 'hevs':
      return HEIC_SEQUENCE;
  }
  const others = new Set<string>([major]);
  for (let at = OTHERS_AT; at + 4 <= ftyp.length; at += 4) others.add(brandAt(ftyp, at));
  if (others.has('avif') || others.has('avis')) return AVIF;
  return others.has('msf1') ? HEIF_SEQUENCE : HEIF;
}

/** Brands of files that have a primary item (ISO/IEC 23008-12 §10.2, AV1 Image File Format §6.2). */
const STILL_IMAGES: ReadonlySet<string> = new Set([
  'mif1',
  'mif2',
  'avif',
  'avio',
  'heic',
  'heix',
  'heim',
  'heis',
]);

/**
 * Whether the brands say that the file has a primary item, besides any tracks.
 *
 * @param ftyp content of the box
 */
export function promisesPrimaryItem(ftyp: Buffer): boolean {
  for (let at = MAJOR_AT; at + 4 <= ftyp.length; at += 4) {
    if (at !== MINOR_AT && STILL_IMAGES.has(brandAt(ftyp, at))) return true;
  }
  return false;
}

function brandAt(ftyp: Buffer, at: number): string {
  return ftyp.toString('latin1', at, at + 4);
}
