import { isUtf8 } from 'node:buffer';
import { ApiError } from './api-error.js';

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
  const held = new HeldBytes();
  let read = 0;
  for await (const chunk of body) {
    const end = chunk.lastIndexOf(LF);
    if (end === -1) {
      held.add(chunk);
    } else {
      const lines = linesOf(held.takeWith(chunk.subarray(0, end)), read, maxBytes);
      held.add(chunk.subarray(end + 1));
      yield lines.filter(({ text }) => text !== '');
      read += lines.length;
    }
    if (held.bytes > maxBytes) throw tooLong(read + 1, maxBytes);
  }
  yield linesOf(held.takeWith(Buffer.alloc(0)), read, maxBytes).filter(({ text }) => text !== '');
}

/** The beginning of a line whose end has not come yet. */
class HeldBytes {
  bytes = 0;
  private chunks: Buffer[] = [];

  add(chunk: Buffer): void {
    this.chunks.push(chunk);
    this.bytes += chunk.length;
  }

  takeWith(rest: Buffer): Buffer {
    const whole = this.bytes === 0 ? rest : Buffer.concat([...this.chunks, rest]);
    this.chunks = [];
    this.bytes = 0;
    return whole;
  }
}

/** Lines that are all there. No character of UTF-8 but the line feed has its byte, so they can be decoded together. */
function linesOf(block: Buffer, before: number, maxBytes: number): Line[] {
  if (!isUtf8(block))
    throw new ApiError(400, `Line ${before + brokenLine(block)} is not valid UTF-8.`, 'malformed_line');
  const text = block.toString('utf8');
  return (before === 0 ? text.replace(/^\uFEFF/, '') : text).split('\n').map((raw, index) => {
    const line = before + index + 1;
    if (raw.length * 3 > maxBytes && Buffer.byteLength(raw) > maxBytes) throw tooLong(line, maxBytes);
    return { line, text: raw.endsWith('\r') ? raw.slice(0, -1) : raw };
  });
}

/** Which of the lines, counted from 1, is not UTF-8. */
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
