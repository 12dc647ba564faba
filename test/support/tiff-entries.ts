const TYPE_BYTES: Readonly<Record<number, number>> = { 1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 7: 1, 9: 4, 10: 8 };
const POINTERS: ReadonlySet<number> = new Set([0x8769, 0x8825]);

/** The bytes of every value of a TIFF structure without a fault, by tags as `010f`, or `8769.9003` below a pointer. */
export function getEntries(block: Buffer): Readonly<Record<string, Buffer>> {
  const isBig = block.toString('latin1', 0, 2) === 'MM';
  const short = (at: number): number => (isBig ? block.readUInt16BE(at) : block.readUInt16LE(at));
  const long = (at: number): number => (isBig ? block.readUInt32BE(at) : block.readUInt32LE(at));
  const entries: Record<string, Buffer> = {};
  const read = (directory: number, prefix: string): void => {
    for (let index = 0; index < short(directory); index += 1) {
      const at = directory + 2 + index * 12;
      const name = short(at).toString(16).padStart(4, '0');
      const length = (TYPE_BYTES[short(at + 2)] ?? 0) * long(at + 4);
      const from = length <= 4 ? at + 8 : long(at + 8);
      entries[prefix + name] = block.subarray(from, from + length);
      if (POINTERS.has(short(at))) read(long(at + 8), `${name}.`);
    }
  };
  read(long(4), '');
  return entries;
}
