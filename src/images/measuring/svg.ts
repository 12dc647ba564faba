import type { ReadStep } from './boxes.js';
import type { Found, FormatReader } from './format-reader.js';
import { type SvgRoot, SvgRootFinder } from './svg-root.js';
import { svgSize } from './svg-size.js';

/** How far into a file its root tag may begin, in bytes. Declarations and comments precede it. */
export const SVG_REACH = 1_048_576;
/** Longest document type or root tag, in characters. */
export const MAX_TAG_LENGTH = 65_536;

const FIRST_BYTES = 4_096;
const MAX_NEXT_BYTES = 65_536;

type Encoding = 'latin1' | 'utf16le' | 'utf16be';

/**
 * Reads an SVG (SVG 2): the size in its root tag. Up to 1 MiB of comments and instructions and a document type
 * of up to 64 KiB may precede it. The entities of the document type are used in its attributes.
 *
 * A text in UTF-16 is recognised by its byte order mark, or by the zeros of its first character (XML 1.0
 * appendix F). In any other encoding, only ASCII characters are used.
 */
export function* readSvg(): FormatReader {
  const finder = new SvgRootFinder();
  let encoding: Encoding | undefined;
  for (let at = 0, length = FIRST_BYTES; at < SVG_REACH;) {
    const part: TextPart = yield* readPart(at, length, encoding);
    encoding = part.encoding;
    const found = finder.push(part.text);
    if (found.kind !== 'more') return toFound(found);
    if (part.isLast) return { kind: found.begun ? 'cut_short' : 'not_an_image' };
    if (finder.held > MAX_TAG_LENGTH) return { kind: found.begun ? 'broken' : 'not_an_image' };
    at += length;
    // The kept text is examined again. The next piece is as long as all text so far, so this happens only a few
    // times.
    length = Math.min(at, MAX_NEXT_BYTES);
  }
  return { kind: 'not_an_image' };
}

interface TextPart {
  readonly text: string;
  readonly encoding: Encoding;
  readonly isLast: boolean;
}

/** A separate function, so that the piece is not held while the next one is waited for. */
function* readPart(at: number, length: number, encoding: Encoding | undefined): ReadStep<TextPart> {
  const piece = yield { at, length };
  const known = encoding ?? findEncoding(piece);
  return { text: decode(piece, known, at === 0), encoding: known, isLast: piece.length < length };
}

function toFound(root: Exclude<SvgRoot, { kind: 'more' }>): Found {
  return root.kind === 'svg' ? svgSize(root.attributes) : { kind: 'not_an_image' };
}

function findEncoding(start: Buffer): Encoding {
  const [first, second] = start;
  if ((first === 0xff && second === 0xfe) || (first !== 0 && second === 0)) return 'utf16le';
  if ((first === 0xfe && second === 0xff) || (first === 0 && second !== 0)) return 'utf16be';
  return 'latin1';
}

function decode(bytes: Buffer, encoding: Encoding, isStart: boolean): string {
  const text = decodeUnits(bytes, encoding);
  if (!isStart) return text;
  return encoding === 'latin1' ? text.replace(/^\u00ef\u00bb\u00bf/, '') : text.replace(/^\ufeff/, '');
}

/** Half a code unit at the end is ignored. */
function decodeUnits(bytes: Buffer, encoding: Encoding): string {
  if (encoding !== 'utf16be') return bytes.toString(encoding);
  return Buffer.from(bytes.subarray(0, bytes.length - (bytes.length % 2)))
    .swap16()
    .toString('utf16le');
}
