import { isUtf8 } from 'node:buffer';
import { ApiError } from '../errors/api-error.js';
import { KIND_BYTES, refuseOtherFile } from './file-kind.js';

export interface DecodedText {
  readonly text: string;
  /** Whether bytes follow that are no text in this encoding. */
  readonly isBroken: boolean;
}

/** Decodes the bytes of a file in pieces. A character may be split between two calls. */
interface Decoder {
  readonly encoding: string;
  decode(bytes: Buffer, isLast: boolean): DecodedText;
}

/** The first continuation byte of UTF-8, and the first lead byte of a character of several bytes. */
const FIRST_CONTINUATION = 0x80;
const FIRST_LEAD = 0xc0;
const MAX_BYTES_OF_CHARACTER = 4;
const REPLACEMENT = '\uFFFD';
const MARKS: readonly (readonly [encoding: string, mark: Buffer])[] = [
  ['utf-8', Buffer.from([0xef, 0xbb, 0xbf])],
  ['utf-16le', Buffer.from([0xff, 0xfe])],
  ['utf-16be', Buffer.from([0xfe, 0xff])],
];
/** The bytes that are read before the first are decoded. */
const START_BYTES = KIND_BYTES;

/**
 * Returns the encoding of a label, such as `windows-1252` for `latin1`.
 *
 * @throws ApiError `415` for an unknown label
 */
export function parseCharset(label: string): string {
  try {
    return new TextDecoder(label).encoding;
  } catch {
    throw new ApiError(
      415,
      `The charset ${JSON.stringify(label.slice(0, 40))} is not known. Send the file as UTF-8, or name its charset, such as text/csv; charset=windows-1252.`,
      'unsupported_charset',
    );
  }
}

/**
 * Decodes a file. The encoding is that of its byte order mark, otherwise the given charset, otherwise UTF-8. The mark is removed. Each line ends with
 * LF, also inside quotes. Decoding ends at the first invalid bytes.
 *
 * @param charset a result of {@link parseCharset}
 * @throws ApiError `400` for a file that is certainly not CSV
 * @yields each part of the text, with its encoding
 */
export async function* decodeText(
  source: AsyncIterable<Buffer | string>,
  charset = 'utf-8',
): AsyncGenerator<DecodedText & { readonly encoding: string }> {
  const lines = new LineEnds();
  let decoder: Decoder | undefined;
  let start = Buffer.alloc(0);
  for await (const chunk of source) {
    let bytes: Buffer = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    if (decoder === undefined) {
      start = start.length === 0 ? Buffer.from(bytes) : Buffer.concat([start, bytes]);
      if (start.length < START_BYTES) continue;
      [decoder, bytes] = open(start, charset);
    }
    const { text, isBroken } = decoder.decode(bytes, false);
    yield { text: lines.convert(text), isBroken, encoding: decoder.encoding };
    if (isBroken) return;
  }
  let rest: Buffer = Buffer.alloc(0);
  if (decoder === undefined) [decoder, rest] = open(start, charset);
  const { text, isBroken } = decoder.decode(rest, true);
  yield { text: lines.convert(text) + lines.end(), isBroken, encoding: decoder.encoding };
}

/**
 * Selects the decoder of a file by its first bytes. Returns it with these bytes without their mark.
 *
 * @throws ApiError `400` for a file of another kind
 */
function open(start: Buffer, charset: string): [Decoder, Buffer] {
  const [encoding, mark] = MARKS.find(([, each]) => start.subarray(0, each.length).equals(each)) ?? [charset];
  refuseOtherFile(start.subarray(0, KIND_BYTES), encoding);
  return [createDecoder(encoding), start.subarray(mark?.length ?? 0)];
}

function createDecoder(encoding: string): Decoder {
  if (encoding === 'utf-8') return new Utf8Decoder();
  if (encoding === 'utf-16le' || encoding === 'utf-16be') return new Utf16Decoder(encoding);
  return new OtherDecoder(encoding);
}

/** Converts each line end to LF. */
class LineEnds {
  private endsWithCr = false;

  convert(text: string): string {
    if (text === '') return '';
    let converted = this.endsWithCr ? `\r${text}` : text;
    this.endsWithCr = converted.endsWith('\r');
    if (this.endsWithCr) converted = converted.slice(0, -1);
    return converted.includes('\r') ? converted.replaceAll(/\r\n?/g, '\n') : converted;
  }

  end(): string {
    return this.endsWithCr ? '\n' : '';
  }
}

class Utf8Decoder implements Decoder {
  readonly encoding = 'utf-8';
  private held: Buffer = Buffer.alloc(0);

  decode(bytes: Buffer, isLast: boolean): DecodedText {
    const all = this.held.length === 0 ? bytes : Buffer.concat([this.held, bytes]);
    const end = isLast ? all.length : getWholeLength(all);
    this.held = all.subarray(end);
    const whole = all.subarray(0, end);
    if (isUtf8(whole)) return { text: whole.toString('utf8'), isBroken: false };
    return { text: getValidStart(whole), isBroken: true };
  }
}

/** The text before the first byte that is not UTF-8. */
function getValidStart(bytes: Buffer): string {
  const text = bytes.toString('utf8');
  let offset = 0;
  let from = 0;
  for (;;) {
    const at = text.indexOf(REPLACEMENT, from);
    if (at === -1) return text;
    offset += Buffer.byteLength(text.slice(from, at));
    // The file itself may contain a replacement character.
    if (!bytes.subarray(offset, offset + 3).equals(REPLACEMENT_BYTES)) return text.slice(0, at);
    offset += REPLACEMENT_BYTES.length;
    from = at + 1;
  }
}

const REPLACEMENT_BYTES = Buffer.from(REPLACEMENT);

/** The number of bytes before a character that is incomplete at the end. */
function getWholeLength(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(MAX_BYTES_OF_CHARACTER - 1, bytes.length); back += 1) {
    const byte = bytes.at(-back) ?? 0;
    if (byte >= FIRST_LEAD) return back < getLength(byte) ? bytes.length - back : bytes.length;
    if (byte < FIRST_CONTINUATION) break;
  }
  return bytes.length;
}

/** The number of bytes of a UTF-8 character by its first byte (RFC 3629 §3). */
function getLength(lead: number): number {
  if (lead >= 0xf0) return 4;
  return lead >= 0xe0 ? 3 : 2;
}

class Utf16Decoder implements Decoder {
  private held: Buffer = Buffer.alloc(0);

  constructor(readonly encoding: 'utf-16le' | 'utf-16be') {}

  decode(bytes: Buffer, isLast: boolean): DecodedText {
    const all = Buffer.concat([this.held, bytes]);
    const end = all.length - (all.length % 2);
    const units = Buffer.from(all.subarray(0, end));
    if (this.encoding === 'utf-16be') units.swap16();
    let text = units.toString('utf16le');
    let kept = end;
    if (!isLast && /[\uD800-\uDBFF]$/.test(text)) {
      text = text.slice(0, -1);
      kept -= 2;
    }
    this.held = all.subarray(kept);
    const isCut = isLast && end < all.length;
    if (text.isWellFormed()) return { text, isBroken: isCut };
    const at = text.search(LONE_SURROGATE);
    return { text: text.slice(0, at), isBroken: true };
  }
}

const LONE_SURROGATE = /\p{Surrogate}/u;

/** Any other encoding that Node supports. Node decodes invalid bytes to replacement characters, which these encodings do not contain. */
class OtherDecoder implements Decoder {
  private readonly decoder: InstanceType<typeof TextDecoder>;

  constructor(readonly encoding: string) {
    this.decoder = new TextDecoder(encoding);
  }

  decode(bytes: Buffer, isLast: boolean): DecodedText {
    const text = this.decoder.decode(bytes, { stream: !isLast });
    const at = text.indexOf(REPLACEMENT);
    return { text: at === -1 ? text : text.slice(0, at), isBroken: at !== -1 };
  }
}
