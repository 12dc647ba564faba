/** HEIF and AVIF files of any layout, box by box. Their pictures are zeros. */

export function uint(bytes: number, value: number): Buffer {
  const buffer = Buffer.alloc(bytes);
  if (bytes === 8) buffer.writeBigUInt64BE(BigInt(value));
  else if (bytes > 0) buffer.writeUIntBE(value, 0, bytes);
  return buffer;
}

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');

/** How the size of a box is written: in 32 bits, in 64, or as 0, which means to the end of the file. */
export type BoxSize = 'short' | 'long' | 'to the end';

export function sizedBox(size: BoxSize, type: string, ...content: Buffer[]): Buffer {
  const body = Buffer.concat(content);
  switch (size) {
    case 'short':
      return Buffer.concat([uint(4, body.length + 8), latin1(type), body]);
    case 'long':
      return Buffer.concat([uint(4, 1), latin1(type), uint(8, body.length + 16), body]);
    case 'to the end':
      return Buffer.concat([uint(4, 0), latin1(type), body]);
  }
}

export function box(type: string, ...content: Buffer[]): Buffer {
  return sizedBox('short', type, ...content);
}

export function fullBox(type: string, version: number, flags: number, ...content: Buffer[]): Buffer {
  return box(type, uint(1, version), uint(3, flags), ...content);
}

export function ftyp(...brands: string[]): Buffer {
  return box('ftyp', latin1(brands[0] ?? 'heic'), uint(4, 0), ...brands.map(latin1));
}

/** The properties that say something of the size. */
export const property = {
  ispe: (width: number, height: number): Buffer => fullBox('ispe', 0, 0, uint(4, width), uint(4, height)),
  irot: (turns: number): Buffer => box('irot', uint(1, turns)),
  imir: (axis: number): Buffer => box('imir', uint(1, axis)),
  clap: (width: readonly [number, number], height: readonly [number, number]): Buffer =>
    box('clap', ...[...width, ...height, 0, 1, 0, 1].map((value) => uint(4, value))),
  colr: (bytes: number): Buffer => box('colr', latin1('prof'), Buffer.alloc(bytes)),
};

/** A grid of tiles of these sides (ISO/IEC 23008-12 §6.6.2.3). */
export function gridData(width: number, height: number, sideBytes: 2 | 4 = 2): Buffer {
  return Buffer.concat([
    Buffer.from([0, sideBytes === 4 ? 1 : 0, 1, 1]),
    uint(sideBytes, width),
    uint(sideBytes, height),
  ]);
}

/** What stands in an EXIF item in front of its block. */
export function exifItem(
  block: Buffer,
  mark: 'with the mark' | 'without the mark' = 'with the mark',
): Buffer {
  const front = mark === 'with the mark' ? latin1('Exif\0\0') : Buffer.alloc(0);
  return Buffer.concat([uint(4, front.length), front, block]);
}

export interface HeifItem {
  readonly id: number;
  readonly type: string;
  /** Its properties, by their places from 1. */
  readonly properties?: readonly number[];
  readonly data?: Buffer;
  /** Whether its data stands in `mdat` or in `idat`. */
  readonly in?: 'mdat' | 'idat';
}

export interface HeifLayout {
  readonly brands?: readonly string[];
  readonly items: readonly HeifItem[];
  readonly primary: number;
  readonly properties: readonly Buffer[];
  readonly references?: readonly {
    readonly type: string;
    readonly from: number;
    readonly to: readonly number[];
  }[];
  /** Boxes in the order of the file, from `ftyp` on. */
  readonly order?: 'meta first' | 'mdat first';
  readonly ilocVersion?: 0 | 1 | 2;
  /** 1 makes the numbers of items longer in `pitm`, `infe`, `iref` and `ipma`. */
  readonly idVersion?: 0 | 1;
  /** Whether places of properties have 15 bits. */
  readonly longPlaces?: boolean;
  readonly metaSize?: BoxSize;
  readonly mdatSize?: BoxSize;
  /** Bytes of pictures in front of the data of the items. */
  readonly picture?: number;
  /** Further boxes in `meta`, in front. */
  readonly inMeta?: readonly Buffer[];
  /** Further boxes in `meta`, behind all others. */
  readonly atEndOfMeta?: readonly Buffer[];
}

export function heifFile(layout: HeifLayout): Buffer {
  const { brands = ['heic', 'mif1', 'heic'], order = 'meta first', picture = 64 } = layout;
  const head = ftyp(...brands);
  const data = gathered(layout, 'mdat');
  const mdat = sizedBox(layout.mdatSize ?? 'short', 'mdat', Buffer.alloc(picture), data.bytes);
  const mdatHead = mdat.length - picture - data.bytes.length;
  if (order === 'mdat first') {
    return Buffer.concat([head, mdat, metaBox(layout, head.length + mdatHead + picture)]);
  }
  const metaBytes = metaBox(layout, picture).length;
  return Buffer.concat([head, metaBox(layout, head.length + metaBytes + mdatHead + picture), mdat]);
}

/** The data of the items that stand in one place, one after the other. */
function gathered(
  { items }: HeifLayout,
  place: 'mdat' | 'idat',
): { readonly bytes: Buffer; readonly offsets: ReadonlyMap<number, number> } {
  const offsets = new Map<number, number>();
  const parts: Buffer[] = [];
  let at = 0;
  for (const item of items) {
    if ((item.in ?? 'mdat') !== place || item.data === undefined) continue;
    offsets.set(item.id, at);
    parts.push(item.data);
    at += item.data.length;
  }
  return { bytes: Buffer.concat(parts), offsets };
}

function metaBox(layout: HeifLayout, mdatAt: number): Buffer {
  const { items, primary, references = [], properties, idVersion = 0, metaSize = 'short' } = layout;
  const id = (value: number): Buffer => uint(idVersion === 0 ? 2 : 4, value);
  const idat = gathered(layout, 'idat').bytes;
  const infos = items.map((item) =>
    fullBox('infe', 2 + idVersion, 0, id(item.id), uint(2, 0), latin1(`${item.type}\0`)),
  );
  const refers = references.map(({ type, from, to }) =>
    box(type, id(from), uint(2, to.length), ...to.map(id)),
  );
  return sizedBox(
    metaSize,
    'meta',
    uint(4, 0),
    fullBox('hdlr', 0, 0, uint(4, 0), latin1('pict'), Buffer.alloc(13)),
    ...(layout.inMeta ?? []),
    fullBox('pitm', idVersion, 0, id(primary)),
    itemLocations(layout, mdatAt),
    fullBox('iinf', idVersion, 0, id(items.length), ...infos),
    ...(refers.length === 0 ? [] : [fullBox('iref', idVersion, 0, ...refers)]),
    box('iprp', box('ipco', ...properties), associations(layout)),
    ...(idat.length === 0 ? [] : [box('idat', idat)]),
    ...(layout.atEndOfMeta ?? []),
  );
}

function itemLocations(layout: HeifLayout, mdatAt: number): Buffer {
  const { items, ilocVersion: version = 0 } = layout;
  const entries = items.map((item) => {
    const isInside = item.in === 'idat';
    const at = gathered(layout, isInside ? 'idat' : 'mdat').offsets.get(item.id);
    const offset = at === undefined ? mdatAt - (layout.picture ?? 64) : at + (isInside ? 0 : mdatAt);
    const method = version === 0 ? [] : [uint(2, isInside ? 1 : 0)];
    const length = item.data?.length ?? layout.picture ?? 64;
    return [
      uint(version === 2 ? 4 : 2, item.id),
      ...method,
      uint(2, 0),
      uint(2, 1),
      uint(4, offset),
      uint(4, length),
    ];
  });
  const count = uint(version === 2 ? 4 : 2, items.length);
  return fullBox('iloc', version, 0, uint(2, 0x4400), count, ...entries.flat());
}

function associations({ items, idVersion = 0, longPlaces = false }: HeifLayout): Buffer {
  const entries = items.map(({ id, properties = [] }) => [
    uint(idVersion === 0 ? 2 : 4, id),
    uint(1, properties.length),
    // The highest bit says that the property must be understood.
    ...properties.map((place) => (longPlaces ? uint(2, place | 0x8000) : uint(1, place | 0x80))),
  ]);
  return fullBox('ipma', idVersion, longPlaces ? 1 : 0, uint(4, items.length), ...entries.flat());
}

/** A `moov` box with one track of pictures, or of something else. */
export function movie(
  width: number,
  height: number,
  { handler = 'pict', matrix = [1, 0, 0, 1], inEntry = [] }: TrackOptions = {},
): Buffer {
  const [a = 1, b = 0, c = 0, d = 1] = matrix;
  const cell = (value: number): Buffer => uint(4, (value * 0x10000) >>> 0);
  const tkhd = fullBox(
    'tkhd',
    0,
    3,
    Buffer.alloc(36),
    ...[a, b].map(cell),
    uint(4, 0),
    ...[c, d].map(cell),
    Buffer.alloc(16),
    Buffer.alloc(8),
  );
  const entry = box('hvc1', Buffer.alloc(24), uint(2, width), uint(2, height), Buffer.alloc(50), ...inEntry);
  const stsd = fullBox('stsd', 0, 0, uint(4, 1), entry);
  const hdlr = fullBox('hdlr', 0, 0, uint(4, 0), latin1(handler), Buffer.alloc(13));
  const media = box('mdia', hdlr, box('minf', box('vmhd'), box('stbl', stsd)));
  return box('moov', box('mvhd', Buffer.alloc(100)), box('trak', tkhd, media));
}

export interface TrackOptions {
  readonly handler?: string;
  readonly matrix?: readonly number[];
  readonly inEntry?: readonly Buffer[];
}
