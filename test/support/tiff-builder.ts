export const BYTE = 1;
export const ASCII = 2;
export const SHORT = 3;
export const LONG = 4;
export const RATIONAL = 5;
export const SSHORT = 8;
export const SLONG = 9;
export const LONG8 = 16;

const TYPE_BYTES: Readonly<Record<number, number>> = {
  [BYTE]: 1,
  [ASCII]: 1,
  [SHORT]: 2,
  [LONG]: 4,
  [RATIONAL]: 8,
  6: 1,
  7: 1,
  [SSHORT]: 2,
  [SLONG]: 4,
  13: 4,
  [LONG8]: 8,
};

/** An entry of a directory: its values as numbers, a fraction as two of them, or as text. */
export type Entry = readonly [tag: number, type: number, values: readonly number[] | string];

/** Writes a TIFF file part by part, so that each part stands where a test wants it. */
export class TiffBuilder {
  private readonly parts: Buffer[] = [];
  private length: number;

  /** @param magic what stands where a TIFF file has 42 */
  constructor(
    private readonly order: 'II' | 'MM' = 'II',
    private readonly isBig = false,
    private readonly magic = isBig ? 43 : 42,
  ) {
    this.length = isBig ? 16 : 8;
  }

  /** Appends bytes. @returns where they stand */
  append(bytes: Buffer): number {
    const at = this.length;
    this.parts.push(bytes);
    this.length += bytes.length;
    return at;
  }

  /** Appends zeros up to a place. */
  fillTo(at: number): void {
    this.append(Buffer.alloc(at - this.length));
  }

  /** Appends a directory, and behind it the values that it has no room for. @returns where it stands */
  directory(entries: readonly Entry[], next = 0): number {
    const entryBytes = this.isBig ? 20 : 12;
    const room = this.isBig ? 8 : 4;
    const start = this.length;
    let valuesAt = start + (this.isBig ? 8 : 2) + entries.length * entryBytes + room;
    const values: Buffer[] = [];
    const head = [this.isBig ? this.long8(entries.length) : this.short(entries.length)];
    for (const [tag, type, given] of entries) {
      const bytes = this.values(type, given);
      const count = bytes.length / (TYPE_BYTES[type] ?? 1);
      head.push(this.short(tag), this.short(type), this.offset(count));
      if (bytes.length <= room) head.push(bytes, Buffer.alloc(room - bytes.length));
      else {
        head.push(this.offset(valuesAt));
        values.push(bytes);
        valuesAt += bytes.length;
      }
    }
    this.append(Buffer.concat([...head, this.offset(next), ...values]));
    return start;
  }

  /** The file, with its first directory there. */
  build(firstDirectory: number): Buffer {
    const big = this.isBig ? [this.short(8), this.short(0)] : [];
    const header = [Buffer.from(this.order), this.short(this.magic), ...big, this.offset(firstDirectory)];
    return Buffer.concat([...header, ...this.parts]);
  }

  private values(type: number, given: readonly number[] | string): Buffer {
    if (typeof given === 'string') return Buffer.from(`${given}\0`, 'latin1');
    const bytes = type === RATIONAL ? 4 : (TYPE_BYTES[type] ?? 1);
    return Buffer.concat(given.map((value) => this.number(value, bytes)));
  }

  private number(value: number, bytes: number): Buffer {
    if (bytes === 8) return this.long8(value);
    const unsigned = value < 0 ? value + 2 ** (8 * bytes) : value;
    const buffer = Buffer.alloc(bytes);
    if (this.order === 'MM') buffer.writeUIntBE(unsigned, 0, bytes);
    else buffer.writeUIntLE(unsigned, 0, bytes);
    return buffer;
  }

  private offset(value: number): Buffer {
    return this.isBig ? this.long8(value) : this.number(value, 4);
  }

  private short(value: number): Buffer {
    return this.number(value, 2);
  }

  private long8(value: number): Buffer {
    const bytes = Buffer.alloc(8);
    if (this.order === 'MM') bytes.writeBigUInt64BE(BigInt(value));
    else bytes.writeBigUInt64LE(BigInt(value));
    return bytes;
  }
}

/** A block with an orientation alone, of some type. */
export function orientationBlock(orientation: number, type = SHORT, order: 'II' | 'MM' = 'II'): Buffer {
  const tiff = new TiffBuilder(order);
  return tiff.build(tiff.directory([[0x0112, type, [orientation]]]));
}
