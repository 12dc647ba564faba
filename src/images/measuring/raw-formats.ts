/** A format of files that are TIFF files or similar. */
export interface TiffKind {
  readonly format: string;
  readonly mime: string;
  /**
   * Where the size of the full image is: in the directories of the images, in EXIF, or in the borders of a
   * sensor.
   */
  readonly sizeBy: 'directories' | 'photo' | 'borders';
}

export const TIFF: TiffKind = { format: 'tiff', mime: 'image/tiff', sizeBy: 'directories' };
/** Adobe Digital Negative 1.7. */
export const DNG: TiffKind = { format: 'dng', mime: 'image/x-adobe-dng', sizeBy: 'directories' };

const TIFF_MAGIC = 42;
const PANASONIC_MAGIC = 0x55;
/** `RO`, or `OR` in the other byte order, and `RS`. */
const OLYMPUS_MAGICS = [0x4f52, 0x5352] as const;

/** The numbers in the place of the 42 of a TIFF file. */
export const TIFF_MAGICS: readonly number[] = [TIFF_MAGIC, PANASONIC_MAGIC, ...OLYMPUS_MAGICS];

/** Bytes that identify a kind. */
export const KIND_BYTES = 12;

const KINDS_BY_START: readonly (readonly [start: RegExp, kind: TiffKind])[] = [
  // The directories of these two contain only previews.
  [/^II\*\0.{4}CR/s, { format: 'cr2', mime: 'image/x-canon-cr2', sizeBy: 'photo' }],
  [/^(?:II\*\0.{4}IIII|MM\0\*.{4}MMMM)/s, { format: 'iiq', mime: 'image/x-phaseone-iiq', sizeBy: 'photo' }],
  [/^IIU\0/, { format: 'rw2', mime: 'image/x-panasonic-rw2', sizeBy: 'borders' }],
  [/^(?:II|MM)[RO]/, { format: 'orf', mime: 'image/x-olympus-orf', sizeBy: 'directories' }],
];

/** Raw formats that are identified only by the maker. */
const KINDS_BY_MAKE: readonly (readonly [make: RegExp, format: string, mime: string])[] = [
  [/^NIKON/i, 'nef', 'image/x-nikon-nef'],
  [/^SONY/i, 'arw', 'image/x-sony-arw'],
  [/^(?:PENTAX|RICOH|ASAHI)/i, 'pef', 'image/x-pentax-pef'],
  [/^SAMSUNG/i, 'srw', 'image/x-samsung-srw'],
  [/^HASSELBLAD/i, '3fr', 'image/x-hasselblad-3fr'],
  [/^KODAK/i, 'dcr', 'image/x-kodak-dcr'],
  [/^(?:SEIKO )?EPSON/i, 'erf', 'image/x-epson-erf'],
];

/** The kind of a file that begins with these bytes, if they identify it. */
export function getKindByStart(bytes: Buffer): TiffKind {
  const start = bytes.toString('latin1', 0, KIND_BYTES);
  return KINDS_BY_START.find(([pattern]) => pattern.test(start))?.[1] ?? TIFF;
}

/** The kind of a file with the raw image of a camera. */
export function getKindByMake(make: string): TiffKind {
  const found = KINDS_BY_MAKE.find(([pattern]) => pattern.test(make));
  if (found === undefined) return TIFF;
  const [, format, mime] = found;
  return { format, mime, sizeBy: 'directories' };
}
