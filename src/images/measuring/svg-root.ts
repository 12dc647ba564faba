/** The root tag of an XML text, as far as the text goes. */
export type SvgRoot =
  | { readonly kind: 'svg'; readonly attributes: ReadonlyMap<string, string> }
  | { readonly kind: 'other' }
  /** The text ends before it; `begun` within the tag. */
  | { readonly kind: 'more'; readonly begun: boolean };

const MORE: SvgRoot = { kind: 'more', begun: false };
const OTHER: SvgRoot = { kind: 'other' };

const SPACE = /[ \t\r\n]*/y;
const SVG_TAG = /<(?:[\w.-]{1,64}:)?svg(?=[ \t\r\n/>])/y;
/** The start of a tag that may still become `<prefix:svg `. */
const UNFINISHED_TAG = /<[\w.:-]{0,69}$/y;
const DOCTYPE = /<!DOCTYPE[ \t\r\n]+([^ \t\r\n>["']+)(?=[ \t\r\n>["'])/iy;
/** The start of what may still become a document type, or a comment. */
const UNFINISHED_DECLARATION = /<!(?:DOCTYPE[ \t\r\n]*[^ \t\r\n>["']*|[DOCTYPE]{0,6}|-)$/iy;
const ATTRIBUTE_NAME = /[^ \t\r\n=/>"'<]+/y;
const BARE_VALUE = /[^ \t\r\n>"'<]+/y;
const DOCTYPE_MARK = /["'<>[\]]/g;

/**
 * Finds the root tag behind declarations, comments and a document type, and reads its attributes as they are written:
 * no entity is expanded. A text whose root is another, HTML with a drawing inside too, is `other`. Each character is
 * looked at a bounded number of times.
 */
export function findSvgRoot(text: string): SvgRoot {
  for (let at: number | undefined = 0; ;) {
    at = after(SPACE, text, at);
    if (at >= text.length) return MORE;
    if (text.startsWith('<!--', at)) at = behind(text, '-->', at + 4);
    else if (text.startsWith('<?', at)) at = behind(text, '?>', at + 2);
    else if (text.startsWith('<!', at)) {
      const type = match(DOCTYPE, text, at);
      if (type === null) return match(UNFINISHED_DECLARATION, text, at) === null ? OTHER : MORE;
      if (type[1]?.toLowerCase() === 'html') return OTHER;
      at = behindDoctype(text, at + type[0].length);
    } else {
      const tag = match(SVG_TAG, text, at);
      if (tag !== null) return readAttributes(text, at + tag[0].length);
      return match(UNFINISHED_TAG, text, at) === null ? OTHER : MORE;
    }
    if (at === undefined) return MORE;
  }
}

/** Where a document type ends, its internal subset included; undefined when that is not there yet. */
function behindDoctype(text: string, from: number): number | undefined {
  let inSubset = false;
  DOCTYPE_MARK.lastIndex = from;
  for (let mark = DOCTYPE_MARK.exec(text); mark !== null; mark = DOCTYPE_MARK.exec(text)) {
    const at = mark.index;
    let next: number | undefined = at + 1;
    if (mark[0] === '"' || mark[0] === "'") next = behind(text, mark[0], at + 1);
    else if (text.startsWith('<!--', at)) next = behind(text, '-->', at + 4);
    else if (text.startsWith('<?', at)) next = behind(text, '?>', at + 2);
    else if (mark[0] === '[') inSubset = true;
    else if (mark[0] === ']') inSubset = false;
    else if (mark[0] === '>' && !inSubset) return next;
    if (next === undefined) return undefined;
    DOCTYPE_MARK.lastIndex = next;
  }
  return undefined;
}

function readAttributes(text: string, from: number): SvgRoot {
  const attributes = new Map<string, string>();
  for (let at = from; ;) {
    at = after(SPACE, text, at);
    if (at >= text.length) return { kind: 'more', begun: true };
    if (text[at] === '>' || text.startsWith('/>', at)) return { kind: 'svg', attributes };
    if (text[at] === '/' && at + 1 === text.length) return { kind: 'more', begun: true };
    const name = match(ATTRIBUTE_NAME, text, at)?.[0];
    if (name === undefined) return OTHER;
    at = after(SPACE, text, at + name.length);
    let value = '';
    if (text[at] === '=') {
      at = after(SPACE, text, at + 1);
      const quote = text[at];
      if (quote === '"' || quote === "'") {
        const end = text.indexOf(quote, at + 1);
        if (end === -1) return { kind: 'more', begun: true };
        value = text.slice(at + 1, end);
        at = end + 1;
      } else {
        value = match(BARE_VALUE, text, at)?.[0] ?? '';
        at += value.length;
      }
    }
    if (!attributes.has(name)) attributes.set(name, value);
  }
}

function match(sticky: RegExp, text: string, at: number): RegExpExecArray | null {
  sticky.lastIndex = at;
  return sticky.exec(text);
}

function after(sticky: RegExp, text: string, at: number): number {
  return at + (match(sticky, text, at)?.[0].length ?? 0);
}

function behind(text: string, end: string, from: number): number | undefined {
  const at = text.indexOf(end, from);
  return at === -1 ? undefined : at + end.length;
}
