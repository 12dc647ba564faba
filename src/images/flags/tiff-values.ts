import { parseTiffHeader, type TiffLayout } from '../measuring/tiff-directory.js';

/** Whole numbers in the directories of a TIFF structure of untrusted bytes. Nothing throws. */
export class TiffValues {
  private constructor(
    private readonly bytes: Buffer,
    private readonly layout: TiffLayout,
  ) {}

  /** Undefined if the bytes do not begin such a structure. */
  static open(bytes: Buffer): TiffValues | undefined {
    const layout = parseTiffHeader(bytes);
    return layout === undefined ? undefined : new TiffValues(bytes, layout);
  }

  /** Offset of the first directory. */
  get first(): number {
    return this.layout.firstDirectory;
  }

  /** Offset of the directory after another one; undefined if there is none, or it is not in the bytes. */
  after(directory: number): number | undefined {
    const { bytes, layout } = this;
    if (!this.has(directory, layout.countBytes)) return undefined;
    const at = directory + layout.countBytes + layout.entryCount(bytes, directory) * layout.entryBytes;
    if (!this.has(at, layout.insideBytes)) return undefined;
    const next = layout.offset(bytes, at);
    return next === 0 ? undefined : next;
  }

  /** The first number of an entry; undefined if it is not in the bytes. */
  find(directory: number, tag: number): number | undefined {
    const { bytes, layout } = this;
    if (!this.has(directory, layout.countBytes)) return undefined;
    const first = directory + layout.countBytes;
    const end = Math.min(
      first + layout.entryCount(bytes, directory) * layout.entryBytes,
      bytes.length - layout.entryBytes + 1,
    );
    for (let at = first; at < end; at += layout.entryBytes) {
      if (layout.uint16(bytes, at) !== tag) continue;
      const entry = layout.entry(bytes, at);
      return layout.wholeNumber(bytes, entry.type, entry.at);
    }
    return undefined;
  }

  private has(at: number, length: number): boolean {
    return Number.isSafeInteger(at) && at >= 0 && at + length <= this.bytes.length;
  }
}
