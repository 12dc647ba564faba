/** Deepest nesting of a result. No result needs more, and the database limits it too. */
const MAX_DEPTH = 64;

/** A result that cannot be saved. The message contains no value of it. */
export class UnusableResult extends Error {
  override readonly name = 'UnusableResult';
}

/**
 * Converts a result to JSON that the database accepts. It refuses values that `JSON.stringify` silently changes
 * or leaves out (a date, a map, NaN, a function). Fields that are undefined are left out. Time and memory are
 * bounded by `maxBytes`.
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

/** Checks a value and counts the fewest bytes that it needs. */
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
    if (depth >= MAX_DEPTH) throw new UnusableResult('its result is nested too deeply, or holds itself');
    if (Array.isArray(value)) {
      // A sparse list may be long without using memory.
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
