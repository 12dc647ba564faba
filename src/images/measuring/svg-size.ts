import type { Found } from './format-reader.js';
import { toMeasuredSize } from './measurement.js';
import { styledLengths } from './svg-style.js';

/** CSS pixels of the absolute units, at 96 to the inch (CSS Values 4 §6.2). */
const PIXELS: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['px', 1],
  ['in', 96],
  ['cm', 96 / 2.54],
  ['mm', 96 / 25.4],
  ['q', 96 / 101.6],
  ['pt', 96 / 72],
  ['pc', 16],
]);

const LENGTH = /^\+?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?([a-z]*)$/i;
/** Longest length or viewBox, in characters. */
const MAX_VALUE = 200;

/**
 * The size of an SVG in whole pixels from its root tag: width and height in absolute units, or the viewBox if
 * they are relative or missing. If only one of them is absolute, the other follows from the ratio of the
 * viewBox, as in browsers (CSS Images 3 §5.3). A value in `style` replaces the attribute (SVG 2 §6.4). A
 * negative length is ignored (SVG 2 §7.2).
 */
export function svgSize(attributes: ReadonlyMap<string, string>): Found {
  const styled = styledLengths(attributes.get('style'));
  const width = pixels(styled.width ?? attributes.get('width'));
  const height = pixels(styled.height ?? attributes.get('height'));
  if (width !== undefined && height !== undefined) return rounded(width, height);
  const box = viewBox(attributes.get('viewBox') ?? attributes.get('viewbox'));
  if (box === undefined) return { kind: 'unmeasurable' };
  if (width !== undefined) return rounded(width, (width * box.height) / box.width);
  if (height !== undefined) return rounded((height * box.width) / box.height, height);
  return rounded(box.width, box.height);
}

function rounded(width: number, height: number): Found {
  return toMeasuredSize(Math.round(width), Math.round(height), 'svg', 'image/svg+xml');
}

/** A length in CSS pixels; undefined for a relative or invalid one. */
function pixels(value: string | undefined): number | undefined {
  if (value === undefined || value.length > MAX_VALUE) return undefined;
  const found = LENGTH.exec(value.trim());
  if (found === null) return undefined;
  const [, number = '', exponent = '', unit = ''] = found;
  const factor = PIXELS.get(unit.toLowerCase());
  return factor === undefined ? undefined : Number(number + exponent) * factor;
}

/** Width and height of `min-x min-y width height`, both positive. */
function viewBox(value: string | undefined): { readonly width: number; readonly height: number } | undefined {
  if (value === undefined || value.length > MAX_VALUE) return undefined;
  const numbers = value
    .trim()
    .split(/[\s,]+/)
    .map(Number);
  const [, , width = 0, height = 0] = numbers;
  const good = numbers.length === 4 && numbers.every(Number.isFinite) && width > 0 && height > 0;
  return good ? { width, height } : undefined;
}
