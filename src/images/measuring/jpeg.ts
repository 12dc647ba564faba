import { EXIF_MARK_BYTES, findExifBlock, hasExifMark, withExif } from './exif-block.js';
import { FileWindow, type WindowMove } from './file-window.js';
import type { Found, FormatReader } from './format-reader.js';
import { toMeasuredSize } from './measurement.js';

const FIRST_BYTES = 16_384;
/** Bytes read at once behind a segment that was skipped. */
const NEXT_BYTES = 4_096;
/** Bytes read at once of a scan, to find the marker behind it. */
const SCAN_BYTES = 65_536;

/** Length of marker and length field, bytes examined of any segment, and least length of a frame header. */
const HEAD_BYTES = 4;
const LOOK_BYTES = HEAD_BYTES + EXIF_MARK_BYTES;
const MIN_FRAME_LENGTH = 7;

const FILL = 0xff;
const TEM = 0x01;
const RST0 = 0xd0;
const SOI = 0xd8;
const EOI = 0xd9;
const SOS = 0xda;
const DNL = 0xdc;
const DHP = 0xde;
const APP1 = 0xe1;
const COM = 0xfe;
const SOF0 = 0xc0;
const SOF15 = 0xcf;
/** DHT, JPG and DAC have codes between SOF0 and SOF15, but begin no frame. */
const NO_FRAMES: ReadonlySet<number> = new Set([0xc4, 0xc8, 0xcc]);

/** Maximum number of segments. Extended XMP of megabytes uses hundreds of them. */
const MAX_SEGMENTS = 10_000;
/** Maximum number of bytes between segments that are skipped, including fill bytes. */
const MAX_JUNK_BYTES = 262_144;
/** Maximum number of bytes of the first scan that are searched for the height. */
const MAX_SCAN_BYTES = 16_777_216;

/**
 * Reads a JPEG (ITU-T T.81): the size of its first frame, and the EXIF block of the first APP1 segment with one
 * before the first scan (EXIF 3.0 §4.7.2). Segments are skipped by their length.
 *
 * Bytes between segments are skipped up to the next marker, as libjpeg and browsers do. If the height is 0, it
 * is in the DNL segment behind the first scan (T.81 §B.2.5), of which 16 MiB are searched. EXIF behind the
 * start of the first scan, and a block that continues in a second segment, are not read.
 */
export function readJpeg(): FormatReader {
  return new JpegReader().read();
}

class JpegReader {
  private readonly window = new FileWindow();
  private at = 2;
  private junk = 0;
  private width = 0;
  /** A part of the window, valid until the window moves. */
  private exif: Buffer | undefined;
  private isExifKept = false;

  *read(): FormatReader {
    const { window } = this;
    yield* window.move(0, FIRST_BYTES);
    for (let segments = 0; segments < MAX_SEGMENTS; segments += 1) {
      if (!window.has(this.at, LOOK_BYTES) && !window.isLast) {
        // EXIF behind the frame is rare, so only the bytes at hand are searched for it.
        if (window.soFar !== undefined) return window.soFar;
        yield* this.move(this.at, NEXT_BYTES);
      }
      const code = this.findMarker();
      if (this.junk > MAX_JUNK_BYTES) break;
      if (code === undefined || !window.has(this.at, LOOK_BYTES)) {
        if (!window.isLast && window.soFar === undefined) continue;
        if (code === undefined) return window.soFar ?? { kind: 'cut_short' };
      }
      if (code === APP1 && this.exif === undefined) yield* this.readExif();
      const found = this.readSegment(code);
      if (found === 'height follows') return yield* this.readHeight();
      if (found !== undefined) return found;
    }
    return window.soFar ?? { kind: 'broken' };
  }

  /**
   * Moves to the next marker. Any number of fill bytes may precede it (T.81 §B.1.1.2). A zero behind a marker
   * means that it is none.
   *
   * @returns its code; undefined if the window has none
   */
  private findMarker(): number | undefined {
    const { bytes, start } = this.window;
    let at = this.at - start;
    let code: number | undefined;
    do {
      at = bytes.indexOf(FILL, at);
      if (at === -1) at = bytes.length;
      while (bytes[at + 1] === FILL) at += 1;
      code = bytes[at + 1];
      if (code === 0) at += 2;
    } while (code === 0);
    at = Math.min(at, bytes.length);
    this.junk += at - (this.at - start);
    this.at = start + at;
    return code;
  }

  /** Reads the current segment, of which {@link LOOK_BYTES} are available unless the file ends. */
  private readSegment(code: number): Found | 'height follows' | undefined {
    const { window, at } = this;
    if (code === TEM || (code >= RST0 && code <= SOI)) {
      this.at += 2;
      return undefined;
    }
    if (code === EOI || code < SOF0 || code > COM) return window.soFar ?? { kind: 'broken' };
    if (!window.has(at, HEAD_BYTES)) return window.soFar ?? { kind: 'cut_short' };
    const length = window.uint16BE(at + 2);
    this.at += 2 + length;
    if (code === SOS) return window.soFar ?? (this.width > 0 ? 'height follows' : { kind: 'broken' });
    if (length < 2) return window.soFar ?? { kind: 'broken' };
    if (isFrame(code) && length >= MIN_FRAME_LENGTH && this.width === 0) return this.readFrame(at);
    return this.exif === undefined ? undefined : window.soFar;
  }

  private readFrame(at: number): Found | undefined {
    const { window } = this;
    if (!window.has(at, HEAD_BYTES + 5)) return { kind: 'cut_short' };
    this.width = window.uint16BE(at + 7);
    const height = window.uint16BE(at + 5);
    if (this.width === 0) return { kind: 'broken' };
    if (height === 0) return undefined;
    const size = this.toMeasuredSize(height);
    if (size.kind !== 'size' || this.exif !== undefined) return size;
    window.soFar = size;
    return undefined;
  }

  private *move(at: number, length: number): WindowMove {
    if (this.exif !== undefined && !this.isExifKept) {
      this.exif = Buffer.from(this.exif);
      this.isExifKept = true;
    }
    yield* this.window.move(at, length);
  }

  private *readExif(): WindowMove {
    const { window } = this;
    const from = this.at + HEAD_BYTES;
    if (!window.has(from, EXIF_MARK_BYTES) || !hasExifMark(window.bytes, from - window.start)) return;
    const end = this.at + 2 + window.uint16BE(this.at + 2);
    // The next bytes are read too, because the frame usually follows.
    if (end > window.end && !window.isLast) yield* window.move(this.at, end - this.at + NEXT_BYTES);
    this.exif = findExifBlock(window.bytes, from - window.start, end - window.start);
    if (window.soFar !== undefined) window.soFar = withExif(window.soFar, this.exif);
  }

  /**
   * Reads the height in the DNL segment behind the first scan, whose header ends at the current position.
   */
  private *readHeight(): FormatReader {
    const { window } = this;
    const end = this.at + MAX_SCAN_BYTES;
    while (this.at < end) {
      yield* this.move(this.at, SCAN_BYTES);
      this.at = endOfScan(window.bytes) + window.start;
      if (window.has(this.at, HEAD_BYTES + 2)) {
        const isHeight = window.uint8(this.at + 1) === DNL && window.uint16BE(this.at + 2) === 4;
        return isHeight ? this.toMeasuredSize(window.uint16BE(this.at + HEAD_BYTES)) : { kind: 'broken' };
      }
      if (window.isLast) return { kind: 'cut_short' };
    }
    return { kind: 'unsupported' };
  }

  private toMeasuredSize(height: number): Found {
    const size = toMeasuredSize(this.width, height, 'jpg', 'image/jpeg');
    return size.kind === 'size' ? withExif(size, this.exif) : size;
  }
}

/**
 * Whether a marker begins a frame, or the header of a hierarchy of frames, which contains the size of the last
 * one (T.81 §B.3.2).
 */
function isFrame(code: number): boolean {
  return code === DHP || (code >= SOF0 && code <= SOF15 && !NO_FRAMES.has(code));
}

/**
 * Offset of the first marker that is neither a stuffed zero nor a restart (T.81 §B.1.1.5), or the end of the
 * bytes.
 */
function endOfScan(bytes: Buffer): number {
  for (let at = 0; at + 1 < bytes.length; at += 1) {
    if (bytes[at] !== FILL) continue;
    const code = bytes[at + 1] ?? 0;
    if (code !== 0 && code !== FILL && (code < RST0 || code >= SOI)) return at;
  }
  return bytes.at(-1) === FILL ? bytes.length - 1 : bytes.length;
}
