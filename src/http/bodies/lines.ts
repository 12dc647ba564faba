import { isUtf8 } from 'node:buffer';
import { ApiError } from '../errors/api-error.js';
import { GatheredBytes } from './gathered-bytes.js';

/** A line of a text, without its end; lines count from 1. */
export interface Line {
  readonly line: number;
  readonly text: string;
}

const LF = 0x0a;

/**
 * The lines of a text in UTF-8 as they come, those of one chunk at a time: with or without a byte order mark, ended by LF
 * or CRLF. Empty ones are passed over, and counted.
 *
 * @throws ApiError (`400`) for a line that is longer than `maxBytes` or not UTF-8
 */
export async function* readLines(body: AsyncIterable<Buffer>, maxBytes: number): AsyncGenerator<Line[]> {
  /** The beginning of a line whose end has not come yet. */
  const held = new GatheredBytes();
  let read = 0;
  const upTo = (end: Buffer): Buffer => {
    if (held.bytes === 0) return end;
    held.add(end);
    return held.take();
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
    // A CR at its end is none of it.
    if (held.bytes > maxBytes + 1) throw tooLong(read + 1, maxBytes);
  }
  yield toLines(held.take(), read, maxBytes).lines;
}

/**
 * Lines that are all there: those that are not empty, and how many there are with the empty ones. No character of UTF-8 but the
 * line feed has its byte, so they can be decoded together.
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

/** Which of the lines of a block, counted from 1, is not UTF-8. */
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
