/** A fraction, as EXIF has them. */
export type Fraction = readonly [number, number];

/** A value as its entry declares it, whatever that is: `count` and `at` are those of the bytes unless given. */
export interface RawValue {
  readonly type: number;
  readonly bytes: Buffer;
  readonly count?: number;
  /** Where the entry says that the value stands. */
  readonly at?: number;
}

/** A tag: its number, and a text or fractions or one whole number, or a value of any other form. */
export type Tag = readonly [tag: number, value: string | readonly Fraction[] | number | RawValue];

/** What stands in a block of EXIF: tags by the directory that they stand in. */
export interface ExifContent {
  readonly image?: readonly Tag[];
  readonly photo?: readonly Tag[];
  readonly place?: readonly Tag[];
}

export const TAGS = {
  make: 0x010f,
  model: 0x0110,
  modifiedAt: 0x0132,
  capturedAt: 0x9003,
  digitizedAt: 0x9004,
  offset: 0x9010,
  offsetOriginal: 0x9011,
  offsetDigitized: 0x9012,
  subseconds: 0x9290,
  subsecondsOriginal: 0x9291,
  subsecondsDigitized: 0x9292,
  latitudeRef: 1,
  latitude: 2,
  longitudeRef: 3,
  longitude: 4,
  gpsTime: 7,
  datum: 0x12,
  gpsDate: 0x1d,
  positioningError: 0x1f,
} as const;

const PHOTO_DIRECTORY = 0x8769;
const PLACE_DIRECTORY = 0x8825;
const ASCII = 2;
const LONG = 4;
const RATIONAL = 5;

/** A block of EXIF: a TIFF file with the three directories that have tags. */
export function toExifBlock(content: ExifContent, order: 'II' | 'MM' = 'II'): Buffer {
  const writer = new TiffWriter(order);
  const image = [...(content.image ?? [])];
  if (content.photo !== undefined) image.push([PHOTO_DIRECTORY, 0]);
  if (content.place !== undefined) image.push([PLACE_DIRECTORY, 0]);
  const at = writer.directory(image);
  if (content.photo !== undefined) at.get(PHOTO_DIRECTORY)?.(writer.end);
  if (content.photo !== undefined) writer.directory(content.photo);
  if (content.place !== undefined) at.get(PLACE_DIRECTORY)?.(writer.end);
  if (content.place !== undefined) writer.directory(content.place);
  return writer.bytes;
}

/** A JPEG that holds a block of EXIF behind its first marker. */
export function withExif(jpeg: Buffer, block: Buffer): Buffer {
  const head = Buffer.from('\xff\xe1\0\0Exif\0\0', 'latin1');
  head.writeUInt16BE(block.length + 8, 2);
  return Buffer.concat([jpeg.subarray(0, 2), head, block, jpeg.subarray(2)]);
}

class TiffWriter {
  bytes: Buffer;

  constructor(private readonly order: 'II' | 'MM') {
    this.bytes = Buffer.concat([Buffer.from(order), this.short(42), this.long(8)]);
  }

  /** Where the next directory begins. */
  get end(): number {
    return this.bytes.length;
  }

  /** Appends a directory. @returns for each tag what sets its value to a whole number */
  directory(tags: readonly Tag[]): Map<number, (value: number) => void> {
    const start = this.end;
    const setters = new Map<number, (value: number) => void>();
    let values = Buffer.alloc(0);
    const valuesAt = start + 2 + tags.length * 12 + 4;
    const entries = tags.map(([tag, value], index) => {
      setters.set(tag, (number) => this.long(number).copy(this.bytes, start + 2 + index * 12 + 8));
      const { type, count, bytes, at } = this.encoded(value);
      const field =
        bytes.length <= 4 && at === undefined
          ? Buffer.concat([bytes, Buffer.alloc(4 - bytes.length)])
          : this.long(at ?? valuesAt + values.length);
      if (bytes.length > 4) values = Buffer.concat([values, bytes]);
      return Buffer.concat([this.short(tag), this.short(type), this.long(count), field]);
    });
    this.bytes = Buffer.concat([this.bytes, this.short(tags.length), ...entries, this.long(0), values]);
    return setters;
  }

  private encoded(value: Tag[1]): { type: number; count: number; bytes: Buffer; at?: number } {
    if (typeof value === 'number') return { type: LONG, count: 1, bytes: this.long(value) };
    if (typeof value === 'string') {
      const bytes = Buffer.from(`${value}\0`);
      return { type: ASCII, count: bytes.length, bytes };
    }
    if ('type' in value) return { count: value.bytes.length, ...value };
    const bytes = Buffer.concat(value.flat().map((part) => this.long(part)));
    return { type: RATIONAL, count: value.length, bytes };
  }

  private short(value: number): Buffer {
    const bytes = Buffer.alloc(2);
    if (this.order === 'II') bytes.writeUInt16LE(value);
    else bytes.writeUInt16BE(value);
    return bytes;
  }

  private long(value: number): Buffer {
    const bytes = Buffer.alloc(4);
    if (this.order === 'II') bytes.writeUInt32LE(value);
    else bytes.writeUInt32BE(value);
    return bytes;
  }
}
