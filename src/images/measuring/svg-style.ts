/** Width and height in a style, each as a CSS length; undefined if they are not set. */
export interface StyledLengths {
  readonly width: string | undefined;
  readonly height: string | undefined;
}

const SIDE = /^\s*(width|height)\s*:\s*(.*?)\s*(!\s*important)?\s*$/is;
/** A length has a unit, except for 0. Keywords and functions are valid values but not absolute lengths. */
const VALUE = /^(?:\+?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?(?:%|[a-z]+)|[+-]?0*\.?0+|[a-z-]+(?:\(.*\))?)$/is;

const MAX_STYLE_LENGTH = 16_384;
const MAX_DECLARATION_LENGTH = 200;

/**
 * Width and height in a `style` attribute (CSS Style Attributes). The last valid declaration is used, and an
 * important one before others. The first 16,384 characters are read.
 */
export function styledLengths(style: string | undefined): StyledLengths {
  const found = new Map<string, { readonly value: string; readonly isImportant: boolean }>();
  for (const declaration of withoutComments(style?.slice(0, MAX_STYLE_LENGTH) ?? '').split(';')) {
    if (declaration.length > MAX_DECLARATION_LENGTH) continue;
    const [, name = '', value = '', important] = SIDE.exec(declaration) ?? [];
    if (!VALUE.test(value)) continue;
    const side = name.toLowerCase();
    const isImportant = important !== undefined;
    if (isImportant || found.get(side)?.isImportant !== true) found.set(side, { value, isImportant });
  }
  return { width: found.get('width')?.value, height: found.get('height')?.value };
}

function withoutComments(style: string): string {
  let plain = '';
  for (let at = 0; ;) {
    const start = style.indexOf('/*', at);
    if (start === -1) return plain + style.slice(at);
    plain += style.slice(at, start);
    const end = style.indexOf('*/', start + 2);
    if (end === -1) return plain;
    at = end + 2;
  }
}
