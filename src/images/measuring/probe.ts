import { Bitmap } from './bitmap.js';
import type { Found, FormatReader, WantedBytes } from './format-reader.js';
import type { Measurement } from './measurement.js';
import type { BitmapFormat } from './signature.js';
import { Svg } from './svg.js';

/** Until each format has its reader: what takes a file from its start to where its size stands. */
interface Taker {
  push(bytes: Buffer): Measurement;
  end(): Measurement;
}

function* readInOrder(taker: Taker): FormatReader {
  for (let at = 0, said: Measurement = { kind: 'more' }; ;) {
    const wanted: WantedBytes = { at, length: at === 0 ? 64 : 4_096 };
    const piece = yield said.kind === 'more' && said.soFar !== undefined ? { ...wanted, soFar: said.soFar } : wanted;
    said = taker.push(piece);
    at += piece.length;
    if (said.kind !== 'more') return found(said);
    if (piece.length < wanted.length) return found(taker.end());
  }
}

function found(said: Measurement): Found {
  return said.kind === 'more' || said.kind === 'empty' ? { kind: 'broken' } : said;
}

export function readThroughProbe(format: BitmapFormat): FormatReader {
  return readInOrder(new Bitmap(format));
}

export function readSvg(): FormatReader {
  return readInOrder(new Svg());
}
