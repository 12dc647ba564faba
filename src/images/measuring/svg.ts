import { MAX_DIMENSION, type Measurement } from './measurement.js';

/** How far into a file its `<svg>` tag has to stand, in bytes. What is before it is declarations and comments. */
const MAX_PROLOGUE = 262_144;

/** CSS pixels of the absolute units, at 96 to the inch (CSS Values 4 §6.2). */
const PIXELS: Readonly<Record<string, number>> = {
  '': 1,
  px: 1,
  in: 96,
  cm: 96 / 2.54,
  mm: 96 / 25.4,
  q: 96 / 101.6,
  pt: 96 / 72,
  pc: 16,
};

/** The markup ends before the root tag does. */
const UNFINISHED = Symbol('unfinished');

const LENGTH = /^\+?(\d{1,20}(?:\.\d{0,20})?|\.\d{1,20})(?:e([+-]?\d{1,3}))?([a-z]*)$/i;
const ATTRIBUTE = /(?:^|\s)(width|height|viewBox)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;

/**
 * The size of an SVG: of its width and height in absolute units, rounded to whole pixels; of its viewBox where they are
 * relative or missing; where one of them is absolute, the other follows from the shape of the viewBox.
 *
 * @param complete whether these are all bytes of the file
 */
export function measureSvg(bytes: Buffer, complete: boolean): Measurement {
  const text = bytes.subarray(0, MAX_PROLOGUE).toString('utf8');
  const tag = rootTag(text);
  if (tag === UNFINISHED)
    return complete || bytes.length >= MAX_PROLOGUE ? { kind: 'not_an_image' } : { kind: 'more' };
  if (tag === undefined) return { kind: 'not_an_image' };
  const size = sizeOf(tag);
  if (size === undefined) return { kind: 'unmeasurable' };
  const [width, height] = [Math.round(size[0]), Math.round(size[1])];
  const possible = [width, height].every((length) => length >= 1 && length <= MAX_DIMENSION);
  if (!possible) return { kind: 'broken' };
  return { kind: 'size', width, height, format: 'svg', mime: 'image/svg+xml', orientation: null };
}

/**
 * The attributes of the root tag if it is an `svg`, as they are written. Declarations, comments and a document type
 * before it are stepped over, each in one search, so that the time is linear in the length.
 */
function rootTag(text: string): string | undefined | typeof UNFINISHED {
  let at = text.startsWith('\ufeff') ? 1 : 0;
  for (;;) {
    while (/\s/.test(text.charAt(at))) at += 1;
    if (at >= text.length) return UNFINISHED;
    const end = endOfMarkup(text, at);
    if (end === undefined) return undefined;
    if (end === -1) return UNFINISHED;
    const root = /^<(?:[A-Za-z_][\w.-]{0,63}:)?svg(?=[\s/>])/.exec(text.slice(at, at + 80));
    if (root !== null) return text.slice(at + root[0].length, end - 1);
    if (!text.startsWith('<?', at) && !text.startsWith('<!', at)) return undefined;
    at = end;
  }
}

/** Where the piece of markup that begins here ends; -1 when its end is not there yet, undefined when it is no markup. */
function endOfMarkup(text: string, at: number): number | undefined {
  if (!text.startsWith('<', at)) return undefined;
  if (text.startsWith('<!--', at)) return after(text, '-->', at + 4);
  if (text.startsWith('<?', at)) return after(text, '?>', at + 2);
  let depth = 0;
  let quote = '';
  for (let index = at + 1; index < text.length; index += 1) {
    const char = text.charAt(index);
    if (quote !== '') {
      if (char === quote) quote = '';
    } else if (char === '"' || char === "'") quote = char;
    else if (char === '[') depth += 1;
    else if (char === ']') depth -= 1;
    else if (char === '>' && depth <= 0) return index + 1;
  }
  return -1;
}

function after(text: string, end: string, from: number): number {
  const at = text.indexOf(end, from);
  return at === -1 ? -1 : at + end.length;
}

function sizeOf(tag: string): [number, number] | undefined {
  const attributes = new Map<string, string>();
  for (const [, name = '', double, single] of tag.matchAll(ATTRIBUTE)) {
    if (!attributes.has(name)) attributes.set(name, double ?? single ?? '');
  }
  const width = pixels(attributes.get('width'));
  const height = pixels(attributes.get('height'));
  if (width !== undefined && height !== undefined) return [width, height];
  const box = viewBox(attributes.get('viewBox'));
  if (box === undefined) return undefined;
  if (width !== undefined) return [width, (width * box[1]) / box[0]];
  if (height !== undefined) return [(height * box[0]) / box[1], height];
  return box;
}

/** A length in CSS pixels; undefined for a relative one, and for what is no length. */
function pixels(length: string | undefined): number | undefined {
  const match = LENGTH.exec(length?.trim() ?? '');
  if (match === null) return undefined;
  const unit = PIXELS[(match[3] ?? '').toLowerCase()];
  return unit === undefined ? undefined : Number(`${match[1]}e${match[2] ?? 0}`) * unit;
}

function viewBox(value: string | undefined): [number, number] | undefined {
  const numbers = (value ?? '')
    .slice(0, 500)
    .trim()
    .split(/[\s,]+/)
    .map(Number);
  const [, , width, height] = numbers;
  if (numbers.length !== 4 || width === undefined || height === undefined) return undefined;
  return width > 0 && height > 0 && Number.isFinite(width) && Number.isFinite(height)
    ? [width, height]
    : undefined;
}
