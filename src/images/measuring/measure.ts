import probe from 'probe-image-size';
import { MAX_DIMENSION, type Measurement } from './measurement.js';
import { signatureOf } from './signature.js';
import { measureSvg } from './svg.js';

/**
 * Measures an image by its first bytes. Never throws: what a parser stumbles over is `broken`.
 *
 * @param complete whether these are all bytes of the file: then there is no `more`
 */
export function measure(bytes: Buffer, complete: boolean): Measurement {
  switch (signatureOf(bytes)) {
    case 'undecided':
      return complete ? { kind: 'not_an_image' } : { kind: 'more' };
    case 'unknown':
      return { kind: 'not_an_image' };
    case 'text':
      return measureSvg(bytes, complete);
    case 'bitmap':
      return measureBitmap(bytes, complete);
  }
}

function measureBitmap(bytes: Buffer, complete: boolean): Measurement {
  const found = probeBytes(bytes);
  if (found === 'broken') return { kind: 'broken' };
  if (found === undefined) return complete ? { kind: 'broken' } : { kind: 'more' };
  const { width, height, type, mime, orientation } = found;
  if (!isDimension(width) || !isDimension(height)) return { kind: 'broken' };
  return { kind: 'size', width, height, format: type, mime, orientation: orientationOf(orientation) };
}

function probeBytes(bytes: Buffer): probe.ProbeResult | 'broken' | undefined {
  try {
    return probe.sync(bytes) ?? undefined;
  } catch {
    return 'broken';
  }
}

function isDimension(value: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= MAX_DIMENSION;
}

/** EXIF 2.32 §4.6.4: 1 to 8. */
function orientationOf(value: number | undefined): number | null {
  return value !== undefined && Number.isInteger(value) && value >= 1 && value <= 8 ? value : null;
}
