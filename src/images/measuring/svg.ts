import type { Measurement } from './measurement.js';
import { findSvgRoot } from './svg-root.js';
import { svgSize } from './svg-size.js';

/** How far into a file its root tag has to end, in bytes. Before it are declarations and comments. */
export const SVG_REACH = 65_536;

/** What is kept at first; a larger one takes its place each time it is full. */
const FIRST_ROOM = 4_096;

/**
 * Measures an SVG by its root tag. Keeps up to {@link SVG_REACH} bytes, as a copy: a piece of one byte may be a view of
 * all that its socket read with it.
 */
export class Svg {
  private kept = Buffer.alloc(FIRST_ROOM);
  private length = 0;
  private nextLook = 1;

  /** Looks for the tag each time the bytes have doubled, so that the time is linear in their number. */
  push(bytes: Buffer): Measurement {
    const taken = bytes.subarray(0, SVG_REACH - this.length);
    this.keep(taken);
    if (this.length < this.nextLook && this.length < SVG_REACH) return { kind: 'more' };
    this.nextLook = this.length * 2;
    const found = this.look();
    return found.kind === 'more' && this.length >= SVG_REACH
      ? this.tooFarOff(found.begun)
      : asMeasurement(found);
  }

  /** The file has no more bytes. */
  end(): Measurement {
    const found = this.look();
    if (found.kind !== 'more') return asMeasurement(found);
    return found.begun ? { kind: 'cut_short' } : { kind: 'not_an_image' };
  }

  private keep(bytes: Buffer): void {
    const needed = this.length + bytes.length;
    if (needed > this.kept.length) {
      const larger = Buffer.alloc(Math.min(Math.max(needed, this.kept.length * 2), SVG_REACH));
      this.kept.copy(larger, 0, 0, this.length);
      this.kept = larger;
    }
    bytes.copy(this.kept, this.length);
    this.length = needed;
  }

  private tooFarOff(begun: boolean): Measurement {
    return { kind: begun ? 'broken' : 'not_an_image' };
  }

  private look(): ReturnType<typeof findSvgRoot> {
    return findSvgRoot(decode(this.kept.subarray(0, this.length)));
  }
}

function asMeasurement(found: ReturnType<typeof findSvgRoot>): Measurement {
  switch (found.kind) {
    case 'svg':
      return svgSize(found.attributes);
    case 'other':
      return { kind: 'not_an_image' };
    case 'more':
      return { kind: 'more' };
  }
}

/** What matters is ASCII in any encoding; UTF-16 is told by its byte order mark (XML 1.0 §4.3.3). */
function decode(bytes: Buffer): string {
  switch (bytes.toString('hex', 0, 2)) {
    case 'fffe':
      return bytes.toString('utf16le', 2);
    case 'feff':
      return Buffer.from(bytes.subarray(2, bytes.length - (bytes.length % 2)))
        .swap16()
        .toString('utf16le');
    case 'efbb':
      return bytes.toString('latin1', 3);
    default:
      return bytes.toString('latin1');
  }
}
