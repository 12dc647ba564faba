import { isUtf8 } from 'node:buffer';
import { ApiError } from './api-error.js';
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
      const lines = linesOf(upTo(chunk.subarray(0, end)), read, maxBytes);
      held.add(chunk.subarray(end + 1));
      yield lines.filter(({ text }) => text !== '');
      read += lines.length;
    }
    // A CR at its end is none of it.
    if (held.bytes > maxBytes + 1) throw tooLong(read + 1, maxBytes);
  }
  yield linesOf(held.take(), read, maxBytes).filter(({ text }) => text !== '');
}

/** Lines that are all there. No character of UTF-8 but the line feed has its byte, so they can be decoded together. */
function linesOf(block: Buffer, before: number, maxBytes: number): Line[] {
  if (!isUtf8(block))
    throw new ApiError(400, `Line ${before + brokenLine(block)} is not valid UTF-8.`, 'malformed_line');
  const text = block.toString('utf8');
  return (before === 0 ? text.replace(/^\uFEFF/, '') : text).split('\n').map((raw, index) => {
    const line = before + index + 1;
    const bare = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
    if (bare.length * 3 > maxBytes && Buffer.byteLength(bare) > maxBytes) throw tooLong(line, maxBytes);
    return { line, text: bare };
  });
}

/** Which of the lines of a block, counted from 1, is not UTF-8. */
export function brokenLine(block: Buffer): number {
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
