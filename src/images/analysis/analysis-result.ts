/** Lists and objects in each other: no result needs more, and the database takes no boundless number of them. */
const DEEPEST = 64;

/** A result that can't be kept. The message names no value of it. */
export class UnusableResult extends Error {
  override readonly name = 'UnusableResult';
}

/**
 * The text of a result as JSON that the database takes: strict where `JSON.stringify` is not (a date, a map, NaN, a
 * function), since what is silently left out or changed is missed by nobody until it is needed. Fields that are
 * undefined are left out.
 *
 * Takes time and memory bounded by `maxBytes`, whatever the value.
 *
 * @throws UnusableResult
 */
export function resultText(value: unknown, maxBytes: number): string {
  const check = new Check(maxBytes);
  check.value(value, 0);
  const text = JSON.stringify(value);
  if (Buffer.byteLength(text) > maxBytes) throw tooLarge(maxBytes);
  return text;
}

function tooLarge(maxBytes: number): UnusableResult {
  return new UnusableResult(`its result is larger than ${maxBytes} bytes`);
}

/** Walks through a value, and counts the least that it takes. */
class Check {
  private left: number;

  constructor(private readonly maxBytes: number) {
    this.left = maxBytes;
  }

  value(value: unknown, depth: number): void {
    this.spend(1);
    switch (typeof value) {
      case 'boolean':
        return;
      case 'string':
        return this.text(value);
      case 'number':
        if (!Number.isFinite(value)) throw notJson(`a number that is ${value}`);
        return;
      case 'object':
        if (value !== null) this.members(value, depth);
        return;
      default:
        throw notJson(typeof value);
    }
  }

  private members(value: object, depth: number): void {
    if (depth >= DEEPEST) throw new UnusableResult('its result is nested too deeply, or holds itself');
    if (Array.isArray(value)) {
      // A list with holes may be long without taking any room.
      this.spend(value.length);
      for (const item of value) this.value(item, depth + 1);
      return;
    }
    const prototype: unknown = Object.getPrototypeOf(value);
    // A plain object of another realm has another Object.prototype, which has no prototype either.
    if (prototype !== null && Object.getPrototypeOf(prototype) !== null)
      throw notJson('an object of a class');
    if ('toJSON' in value) throw notJson('an object with toJSON');
    for (const [field, member] of Object.entries(value)) {
      this.text(field);
      if (member !== undefined) this.value(member, depth + 1);
    }
  }

  private text(text: string): void {
    this.spend(text.length);
    if (text.includes('\0')) throw new UnusableResult('its result holds a NUL character');
    if (!text.isWellFormed()) throw new UnusableResult('its result holds half of a character');
  }

  private spend(bytes: number): void {
    this.left -= bytes;
    if (this.left < 0) throw tooLarge(this.maxBytes);
  }
}

function notJson(what: string): UnusableResult {
  return new UnusableResult(`its result is no JSON: it holds ${what}`);
}
