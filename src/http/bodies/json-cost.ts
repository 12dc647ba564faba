/**
 * Estimates the cost of parsing a JSON text, in units of about 0.3 µs. A short text can be costly, because a list of two bytes takes as much time as
 * a string of a thousand. This file imports nothing, so that a thread that imports it starts quickly.
 */

/** A key takes as much time as four other values, because it is searched in the keys of its object. */
const KEY_UNITS = 4;
/** If a deeper text is invalid, it takes some ten times as long until the parser throws. */
const MAX_DEPTH = 200;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPENING_BRACKET = 0x5b;
const CLOSING_BRACKET = 0x5d;
const OPENING_BRACE = 0x7b;
const CLOSING_BRACE = 0x7d;

/** The maximum cost of parsing on the main thread, about 15 ms. A document of 10,000 images in 1,000 visits costs 27,000. */
export const MAX_MAIN_THREAD_COST = 40_000;

/**
 * Whether parsing a text may cost more than `maxUnits`, or the text is nested more deeply than `maxDepth`. It reads each character at most once, and
 * stops as soon as the result is known. For a text that is not JSON, the cost is that of parsing until the error.
 */
export function costsMoreThan(json: string, maxUnits: number, maxDepth = MAX_DEPTH): boolean {
  let units = 0;
  let depth = 0;
  for (let at = 0; at < json.length; at += 1) {
    switch (json.charCodeAt(at)) {
      case QUOTE:
        at = endOfString(json, at);
        break;
      case COLON:
        units += KEY_UNITS;
        break;
      case COMMA:
        units += 1;
        break;
      case OPENING_BRACKET:
      case OPENING_BRACE:
        units += 1;
        depth += 1;
        break;
      case CLOSING_BRACKET:
      case CLOSING_BRACE:
        depth -= 1;
        break;
      default:
        continue;
    }
    if (units > maxUnits || depth > maxDepth) return true;
  }
  return false;
}

/** The end of the string that begins at `from`: its closing quote, or the end of the text. */
function endOfString(json: string, from: number): number {
  for (let quote = from; ;) {
    quote = json.indexOf('"', quote + 1);
    if (quote === -1) return json.length;
    let backslashes = 0;
    while (json.charCodeAt(quote - 1 - backslashes) === BACKSLASH) backslashes += 1;
    if (backslashes % 2 === 0) return quote;
  }
}
