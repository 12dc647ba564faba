import ExifReader from 'exifreader';
import { wantedBytes } from './wanted-bytes.js';

/** It is a CommonJS package, whose members Node does not see by their names. */
const reader: Pick<typeof ExifReader, 'load'> = ExifReader;

/** The tags that are asked for, and their numbers; those below 32 stand in the directory of the place. */
const TEXT_TAGS = [
  ['Make', 0x010f],
  ['Model', 0x0110],
  ['DateTimeOriginal', 0x9003],
  ['OffsetTimeOriginal', 0x9011],
  ['OffsetTime', 0x9010],
  ['GPSDateStamp', 0x1d],
  ['GPSLatitudeRef', 1],
  ['GPSLongitudeRef', 3],
  ['GPSMapDatum', 0x12],
] as const;
const TRIPLE_TAGS = [
  ['GPSTimeStamp', 7],
  ['GPSLatitude', 2],
  ['GPSLongitude', 4],
] as const;

type Text = (typeof TEXT_TAGS)[number][0];
type Triple = (typeof TRIPLE_TAGS)[number][0];

const ALL_TAGS = [...TEXT_TAGS, ...TRIPLE_TAGS];
const NAMES: string[] = ALL_TAGS.map(([name]) => name);
const NUMBERS: ReadonlySet<number> = new Set(ALL_TAGS.map(([, number]) => number));

/** All of what is asked for takes some two hundred bytes in a photo. */
const MOST_WANTED_BYTES = 4_096;

/** The tags of a file that are asked for, each where it is there and has the type that it should have. */
export interface ExifTags {
  readonly texts: Readonly<Partial<Record<Text, string>>>;
  /** Of three fractions each. */
  readonly triples: Readonly<Partial<Record<Triple, readonly [number, number, number]>>>;
}

const LONGEST_TEXT = 200;

/** Reads the tags of a block that {@link exifBlock} found. Never throws: a block that can't be read has none. */
export function readTags(block: Buffer): ExifTags {
  const tags = load(block);
  const texts: Partial<Record<Text, string>> = {};
  const triples: Partial<Record<Triple, readonly [number, number, number]>> = {};
  for (const [name] of TEXT_TAGS) {
    const text = textOf(tags[name]?.value);
    if (text !== undefined) texts[name] = text;
  }
  for (const [name] of TRIPLE_TAGS) {
    const triple = tripleOf(tags[name]?.value);
    if (triple !== undefined) triples[name] = triple;
  }
  return { texts, triples };
}

function load(block: Buffer): Readonly<Partial<Record<string, { readonly value?: unknown }>>> {
  if (wantedBytes(block, NUMBERS) > MOST_WANTED_BYTES) return {};
  try {
    return reader.load(block, { includeTags: { exif: NAMES } });
  } catch {
    return {};
  }
}

/** The reader gives a list of what NULs separate. */
function textOf(value: unknown): string | undefined {
  const first: unknown = Array.isArray(value) ? value[0] : value;
  if (typeof first !== 'string') return undefined;
  const plain = first
    .slice(0, LONGEST_TEXT)
    .replaceAll(/[\p{C}\s]+/gu, ' ')
    .trim();
  return plain === '' ? undefined : plain.toWellFormed();
}

function tripleOf(value: unknown): readonly [number, number, number] | undefined {
  if (!Array.isArray(value) || value.length !== 3) return undefined;
  const [first, second, third] = value.map(fractionOf);
  if (first === undefined || second === undefined || third === undefined) return undefined;
  return [first, second, third];
}

/** A fraction that is none (`0/0` says that nothing is known) is undefined. */
function fractionOf(value: unknown): number | undefined {
  if (!Array.isArray(value) || value.length !== 2) return undefined;
  const fraction = Number(value[0]) / Number(value[1]);
  return Number.isFinite(fraction) && fraction >= 0 ? fraction : undefined;
}
