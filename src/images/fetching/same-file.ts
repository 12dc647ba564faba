import type { Part } from './answer.js';
import type { RequestHeaders } from './image-client.js';

/** Number of bytes by which parts overlap if entity tags cannot tell whether they are of the same file. */
const OVERLAP = 1_024;
const NOTHING = Buffer.alloc(0);

/**
 * Checks that consecutive parts are of the same version of a file. Their lengths and the validator for
 * `If-Range` have to be equal. The nodes of some hosts give one file several tags. Then each part begins a
 * little before the end of the last one, and the overlapping bytes have to be equal instead.
 */
export class SameFile {
  private tail: Buffer = NOTHING;
  private tailEnd = 0;
  private expected: Buffer = NOTHING;
  private isOverlapping = false;
  private hasTagMismatch = false;

  /** Bytes by which the next part overlaps the last one. */
  get overlap(): number {
    return this.isOverlapping ? this.tail.length : 0;
  }

  /** Offset where the last bytes ended. */
  get end(): number {
    return this.tailEnd;
  }

  /**
   * Whether the last part was refused only because its entity tag differs. The next part then overlaps the last
   * accepted one, which decides. Resets the mismatch: returns true once for each refused part.
   */
  consumeTagMismatch(): boolean {
    const { hasTagMismatch: hasOtherTag } = this;
    this.hasTagMismatch = false;
    return hasOtherTag;
  }

  /** Discards the bytes that were read, but not whether the parts of this host overlap. */
  discardBytes(): void {
    this.tail = NOTHING;
    this.tailEnd = 0;
    this.expected = NOTHING;
  }

  /** Headers that make a host answer only with a part of the same version, if its tags identify versions. */
  condition(validator: string | undefined): RequestHeaders {
    return validator === undefined || this.isOverlapping ? [] : ['if-range', validator];
  }

  /** Whether a part may be of the same file as the last one. */
  accepts(part: Part, total: number | null, validator: string | undefined): boolean {
    this.expected = this.isOverlapping ? this.tail : NOTHING;
    if (!agree(part.total, total)) return false;
    if (this.isOverlapping || agree(part.validator ?? null, validator ?? null)) return true;
    this.isOverlapping = part.total !== null && total !== null && this.tail.length > 0;
    this.hasTagMismatch = this.isOverlapping;
    return false;
  }

  /** The bytes of a part after the overlap; undefined if the overlap differs. */
  strip(chunk: Buffer): Buffer | undefined {
    if (this.expected.length === 0) return chunk;
    const length = Math.min(chunk.length, this.expected.length);
    if (!chunk.subarray(0, length).equals(this.expected.subarray(0, length))) return undefined;
    this.expected = this.expected.subarray(length);
    return chunk.subarray(length);
  }

  /**
   * Keeps a copy of the last bytes, which end at `end`. A view would hold all bytes that arrived with them.
   */
  keep(bytes: Buffer, end: number): void {
    const isNext = end - bytes.length === this.tailEnd;
    const before = isNext && bytes.length < OVERLAP ? this.tail.subarray(bytes.length - OVERLAP) : NOTHING;
    const added = bytes.subarray(-OVERLAP);
    const tail = Buffer.allocUnsafeSlow(before.length + added.length);
    before.copy(tail);
    added.copy(tail, before.length);
    this.tailEnd = end;
    this.tail = tail;
  }
}

/** Whether two values are equal, or one of them is unknown. */
export function agree<T>(one: T | null, other: T | null): boolean {
  return one === null || other === null || one === other;
}
