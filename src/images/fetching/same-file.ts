import type { Part } from './answer.js';
import type { RequestHeaders } from './image-client.js';

/** Bytes that two parts have in common where the host's tag cannot tell whether they are of the same file. */
const OVERLAP = 1_024;
const NOTHING = Buffer.alloc(0);

/**
 * Whether the parts of a file that follow one on the other are of the same version of it: their lengths have to agree, and
 * the validator that `If-Range` carries. The nodes of some hosts give one file several tags. Then each part begins a little
 * before the last one ended, and those bytes have to agree instead.
 */
export class SameFile {
  private tail: Buffer = NOTHING;
  private tailEnd = 0;
  private expected: Buffer = NOTHING;
  private isOverlapping = false;
  private hasOtherTag = false;

  /** Bytes by which the next part begins before the end of the last one. */
  get overlap(): number {
    return this.isOverlapping ? this.tail.length : 0;
  }

  /** Where the bytes end that were read last. */
  get end(): number {
    return this.tailEnd;
  }

  /** Whether the last part was refused for its tag alone: one that overlaps can tell. Says so once. */
  takeOtherTag(): boolean {
    const { hasOtherTag } = this;
    this.hasOtherTag = false;
    return hasOtherTag;
  }

  /** Nothing is read of the file yet. How its host has to be asked is still known. */
  startOver(): void {
    this.tail = NOTHING;
    this.tailEnd = 0;
    this.expected = NOTHING;
  }

  /** What makes a host answer with a part of the same version alone, where its tags tell versions apart. */
  condition(validator: string | undefined): RequestHeaders {
    return validator === undefined || this.isOverlapping ? [] : ['if-range', validator];
  }

  /** Whether another part may be of the file that the last one was of. */
  accepts(part: Part, total: number | null, validator: string | undefined): boolean {
    this.expected = this.isOverlapping ? this.tail : NOTHING;
    if (!agree(part.total, total)) return false;
    if (this.isOverlapping || agree(part.validator ?? null, validator ?? null)) return true;
    this.isOverlapping = part.total !== null && total !== null && this.tail.length > 0;
    this.hasOtherTag = this.isOverlapping;
    return false;
  }

  /** The bytes of a part behind those that are known; undefined where those are others. */
  strip(chunk: Buffer): Buffer | undefined {
    if (this.expected.length === 0) return chunk;
    const length = Math.min(chunk.length, this.expected.length);
    if (!chunk.subarray(0, length).equals(this.expected.subarray(0, length))) return undefined;
    this.expected = this.expected.subarray(length);
    return chunk.subarray(length);
  }

  /** The bytes that were read last, which end at a place of the file: a copy, since they are a view of all that came with them. */
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

/** What one of them does not say is no contradiction. */
export function agree<T>(one: T | null, other: T | null): boolean {
  return one === null || other === null || one === other;
}
