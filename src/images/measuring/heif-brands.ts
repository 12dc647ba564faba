/** What an ISO media file is by its brands. */
export interface HeifKind {
  readonly format: string;
  readonly mime: string;
}

const AVIF: HeifKind = { format: 'avif', mime: 'image/avif' };
const HEIC: HeifKind = { format: 'heic', mime: 'image/heic' };
const HEIC_SEQUENCE: HeifKind = { format: 'heic', mime: 'image/heic-sequence' };
const HEIF: HeifKind = { format: 'heif', mime: 'image/heif' };
const HEIF_SEQUENCE: HeifKind = { format: 'heif', mime: 'image/heif-sequence' };

/** Where the first brand stands in the content of an `ftyp` box, the version, and the others. */
const MAJOR_AT = 0;
const MINOR_AT = 4;
const OTHERS_AT = 8;

/**
 * What a file is by the brands of its `ftyp` box (ISO/IEC 23008-12 §10 and annexes B and O, AV1 Image File Format §6): its
 * first one, else what it is compatible with. With `mif3` the brand of the codec stands in the place of the version.
 *
 * @param ftyp the content of the box
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

/** Whether a file says by its brands that it has a primary item, beside tracks that it may have. `ftyp`: the content of the box. */
export function promisesPrimaryItem(ftyp: Buffer): boolean {
  for (let at = MAJOR_AT; at + 4 <= ftyp.length; at += 4) {
    if (at !== MINOR_AT && STILL_IMAGES.has(brandAt(ftyp, at))) return true;
  }
  return false;
}

function brandAt(ftyp: Buffer, at: number): string {
  return ftyp.toString('latin1', at, at + 4);
}
