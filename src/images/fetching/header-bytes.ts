import { measure } from '../measuring/measure.js';
import type { Measurement } from '../measuring/measurement.js';

/**
 * The bytes of a file as far as they were read, measured as they grow: at the first bytes, then each time they have
 * doubled, so that a file whose size stands late is not parsed over and over.
 */
export class HeaderBytes {
  private chunks: Buffer[] = [];
  private nextCheck = 1;
  /** Bytes so far: where the next range begins. */
  length = 0;

  push(chunk: Buffer): void {
    this.chunks.push(chunk);
    this.length += chunk.length;
  }

  /** What the bytes say, if enough of them are new; `more` otherwise. */
  check(): Measurement {
    if (this.length < this.nextCheck) return { kind: 'more' };
    this.nextCheck = this.length * 2;
    return measure(this.joined(), false);
  }

  /** What the bytes say in the end: `more` only when the file goes on. */
  conclude(complete: boolean): Measurement {
    return measure(this.joined(), complete);
  }

  /** Begins anew: the file has changed. */
  clear(): void {
    this.chunks = [];
    this.length = 0;
    this.nextCheck = 1;
  }

  private joined(): Buffer {
    const [first] = this.chunks;
    if (this.chunks.length === 1 && first !== undefined) return first;
    const joined = Buffer.concat(this.chunks);
    this.chunks = [joined];
    return joined;
  }
}
