import { isUtf8 } from 'node:buffer';
import { ApiError } from '../errors/api-error.js';
import { GatheredBytes } from './gathered-bytes.js';

/** A line of a text without its line end. Lines count from 1. */
export interface Line {
  readonly line: number;
  readonly text: string;
}

const LF = 0x0a;

/**
 * Reads lines of UTF-8 that end with LF or CRLF, with or without a byte order mark. Yields the lines of one chunk at a time. Empty lines are counted, but
 * not yielded.
 *
 * @throws ApiError (`400`) if a line is longer than `maxBytes` or not UTF-8
 */
export async function* readLines(body: AsyncIterable<Buffer>, maxBytes: number): AsyncGenerator<Line[]> {
  /** The start of a line whose end has not arrived yet. */
  const held = new GatheredBytes();
  let read = 0;
  const upTo = (end: Buffer): Buffer => {
    if (held.bytes === 0) return end;
    held.add(end);
    return held.drain();
  };
  for await (const chunk of body) {
    const end = chunk.lastIndexOf(LF);
    if (end === -1) {
      held.add(chunk);
    } else {
      const block = toLines(upTo(chunk.subarray(0, end)), read, maxBytes);
      held.add(chunk.subarray(end + 1));
      yield block.lines;
      read += block.count;
    }
    // A CR at the end is not part of the line.
    if (held.bytes > maxBytes + 1) throw tooLong(read + 1, maxBytes);
  }
  yield toLines(held.drain(), read, maxBytes).lines;
}

/**
 * Decodes complete lines. Returns the lines that are not empty, and the number of all lines. They can be decoded together, because the byte of a line
 * feed is not part of any other UTF-8 character.
 */
function toLines(block: Buffer, before: number, maxBytes: number): { lines: Line[]; count: number } {
  if (!isUtf8(block))
    throw new ApiError(400, `Line ${before + brokenLine(block)} is not valid UTF-8.`, 'malformed_line');
  const text = before === 0 ? block.toString('utf8').replace(/^\uFEFF/, '') : block.toString('utf8');
  const lines: Line[] = [];
  let count = 0;
  for (let from = 0; from <= text.length;) {
    const end = text.indexOf('\n', from);
    const upTo = end === -1 ? text.length : end;
    count += 1;
    const bareEnd = text[upTo - 1] === '\r' && upTo > from ? upTo - 1 : upTo;
    if (bareEnd > from) lines.push(toLine(text.slice(from, bareEnd), before + count, maxBytes));
    from = upTo + 1;
  }
  return { lines, count };
}

function toLine(text: string, line: number, maxBytes: number): Line {
  if (text.length * 3 > maxBytes && Buffer.byteLength(text) > maxBytes) throw tooLong(line, maxBytes);
  return { line, text };
}

/** The number of the first line of a block that is not UTF-8, from 1. */
function brokenLine(block: Buffer): number {
  let line = 1;
  for (let from = 0; ; line += 1) {
    const end = block.indexOf(LF, from);
    if (end === -1 || !isUtf8(block.subarray(from, end))) return line;
    from = end + 1;
  }
}

function tooLong(line: number, maxBytes: number): ApiError {
  return new ApiError(400, `Line ${line} is longer than ${maxBytes} bytes.`, 'malformed_line');
}
