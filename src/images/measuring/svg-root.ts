import { type Entities, expandEntities, readEntity } from './svg-entities.js';

/** The root tag of an XML text so far. */
export type SvgRoot =
  | { readonly kind: 'svg'; readonly attributes: ReadonlyMap<string, string> }
  | { readonly kind: 'other' }
  /** The text ends before the tag, or within it if `begun`. */
  | { readonly kind: 'more'; readonly begun: boolean };

const MORE: SvgRoot = { kind: 'more', begun: false };
const OTHER: SvgRoot = { kind: 'other' };

/** Maximum number of attributes of a root tag. */
const MAX_ATTRIBUTES = 1_024;
/** The attributes that are used. Expanding others would take unbounded time. */
const SIZE_ATTRIBUTES: ReadonlySet<string> = new Set(['width', 'height', 'viewBox', 'viewbox', 'style']);

const SPACE = /[ \t\r\n]*/y;
const SVG_TAG = /<(?:[\w.-]{1,64}:)?svg(?=[ \t\r\n/>])/y;
/** The start of a tag that may become `<prefix:svg `. */
const UNFINISHED_TAG = /<[\w.:-]{0,69}$/y;
const DOCTYPE = /<!DOCTYPE[ \t\r\n]+([^ \t\r\n>["']+)(?=[ \t\r\n>["'])/iy;
/** The start of what may become a document type or a comment. */
const UNFINISHED_DECLARATION = /<!(?:DOCTYPE[ \t\r\n]*[^ \t\r\n>["']*|[DOCTYPE]{0,6}|-)$/iy;
const ATTRIBUTE_NAME = /[^ \t\r\n=/>"'<]+/y;
const BARE_VALUE = /[^ \t\r\n>"'<]+/y;
const DOCTYPE_MARK = /["'<>[\]]/g;

/**
 * Finds the root tag after declarations, comments and a document type, and reads its attributes with the
 * entities that the document type declares. A text with another root, such as HTML with an embedded drawing, is
 * `other`.
 *
 * The text arrives in parts. Only an unfinished document type or tag is kept and examined again with the next
 * part. All other text is examined a bounded number of times.
 */
export class SvgRootFinder {
  private text = '';
  /** Terminator of the comment or instruction that the text so far is in. */
  private terminator: string | undefined;
  private readonly entities: Entities = new Map();

  /** Number of characters that are kept. */
  get held(): number {
    return this.text.length;
  }

  /** Reads the next part of the text. Must not be called after a result other than `more`. */
  push(part: string): SvgRoot {
    const text = this.text + part;
    let at: number | undefined = 0;
    if (this.terminator !== undefined) at = this.skipTo(this.terminator, text, 0);
    for (;;) {
      if (at === undefined) return MORE;
      at = after(SPACE, text, at);
      this.text = text.slice(at);
      if (at >= text.length) return MORE;
      if (text.startsWith('<!--', at)) at = this.skipTo('-->', text, at + 4);
      else if (text.startsWith('<?', at)) at = this.skipTo('?>', text, at + 2);
      else if (text.startsWith('<!', at)) {
        const type = match(DOCTYPE, text, at);
        if (type === null) return match(UNFINISHED_DECLARATION, text, at) === null ? OTHER : MORE;
        if (type[1]?.toLowerCase() === 'html') return OTHER;
        at = behindDoctype(text, at + type[0].length, this.entities);
      } else {
        const tag = match(SVG_TAG, text, at);
        if (tag !== null) return readAttributes(text, at + tag[0].length, this.entities);
        return match(UNFINISHED_TAG, text, at) === null ? OTHER : MORE;
      }
    }
  }

  /** Position behind a terminator. If the terminator has not arrived, only its possible start is kept. */
  private skipTo(terminator: string, text: string, from: number): number | undefined {
    const next = behind(text, terminator, from);
    this.terminator = next === undefined ? terminator : undefined;
    if (next === undefined) this.text = text.slice(Math.max(from, text.length - terminator.length + 1));
    return next;
  }
}

/**
 * End of a document type including its internal subset; undefined if it has not arrived.
 *
 * @param entities receives the entities of the subset
 */
function behindDoctype(text: string, from: number, entities: Entities): number | undefined {
  let inSubset = false;
  DOCTYPE_MARK.lastIndex = from;
  for (let mark = DOCTYPE_MARK.exec(text); mark !== null; mark = DOCTYPE_MARK.exec(text)) {
    const at = mark.index;
    let next: number | undefined = at + 1;
    if (mark[0] === '"' || mark[0] === "'") next = behind(text, mark[0], at + 1);
    else if (text.startsWith('<!--', at)) next = behind(text, '-->', at + 4);
    else if (text.startsWith('<?', at)) next = behind(text, '?>', at + 2);
    else if (mark[0] === '<' && inSubset) next = readEntity(text, at, entities) ?? next;
    else if (mark[0] === '[') inSubset = true;
    else if (mark[0] === ']') inSubset = false;
    else if (mark[0] === '>' && !inSubset) return next;
    if (next === undefined) return undefined;
    DOCTYPE_MARK.lastIndex = next;
  }
  return undefined;
}

function readAttributes(text: string, from: number, entities: Entities): SvgRoot {
  const attributes = new Map<string, string>();
  for (let at = from, count = 0; ; count += 1) {
    if (count > MAX_ATTRIBUTES) return OTHER;
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
    if (attributes.has(name)) continue;
    attributes.set(name, SIZE_ATTRIBUTES.has(name) ? expandEntities(value, entities) : value);
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
