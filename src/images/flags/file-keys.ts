import { hash } from 'node:crypto';
import { findPictureData } from './picture-data.js';
import { isUncompressed } from './uncompressed.js';

/** Keys use exactly this many bytes of the start of a file, however many arrived, so that every way to fetch it agrees. */
export const KEYED_BYTES = 16_384;
/** Bytes at both ends of them that are hashed. All of them would take three times as long. */
const SAMPLE_BYTES = 2_048;
const LENGTH_BYTES = 6;

/** What identifies a file, and the picture in it whatever its metadata is. Each is the first 64 bits of a digest, or null. */
export interface FileKeys {
  readonly file: bigint;
  readonly picture: bigint | null;
}

/** The file that keys are made of. */
export interface KeyedFile {
  /** At least its first {@link KEYED_BYTES}, or all of a shorter file. */
  readonly start: Buffer;
  /** Bytes of the whole file. */
  readonly length: number;
  readonly format: string;
  readonly width: number;
  readonly height: number;
}

/** Reused for each file, because hashing is synchronous. */
const sample = Buffer.alloc(2 * SAMPLE_BYTES + LENGTH_BYTES);

/**
 * Returns the keys of a file; undefined if its start is not complete, or does not tell files of its format apart. It takes
 * a few microseconds.
 */
export function getFileKeys(file: KeyedFile): FileKeys | undefined {
  const { length, format } = file;
  const needed = Math.min(length, KEYED_BYTES);
  if (needed === 0 || file.start.length < needed) return undefined;
  const start = file.start.subarray(0, needed);
  if (isUncompressed(format, start)) return undefined;
  const picture = format === 'jpg' ? findPictureData({ ...file, start }) : undefined;
  return { file: toFileKey(start, length), picture: picture === undefined ? null : toKey(picture) };
}

function toFileKey(start: Buffer, length: number): bigint {
  if (length <= KEYED_BYTES) return toKey(start);
  start.copy(sample, 0, 0, SAMPLE_BYTES);
  start.copy(sample, SAMPLE_BYTES, KEYED_BYTES - SAMPLE_BYTES);
  sample.writeUIntBE(length, 2 * SAMPLE_BYTES, LENGTH_BYTES);
  return toKey(sample);
}

function toKey(bytes: Buffer): bigint {
  return hash('sha256', bytes, 'buffer').readBigInt64BE(0);
}
