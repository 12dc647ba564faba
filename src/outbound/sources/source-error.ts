/** An invalid source. The message is one line that names the entry and the field, but no secret. */
export class SourceError extends Error {
  override readonly name = 'SourceError';
}

/** One entry. Faults name it by its number and its first host or bucket. */
export class SourceEntry {
  private readonly label: string;

  /** @param index from 0 */
  constructor(
    index: number,
    readonly fields: Readonly<Record<string, unknown>>,
  ) {
    const { hosts, s3 } = fields;
    const name: unknown = s3 ?? (Array.isArray(hosts) ? hosts[0] : undefined);
    const isName = typeof name === 'string' && /^[\w*.:/[\]-]{1,100}$/.test(name);
    this.label = `entry ${index + 1}${isName ? ` (${name})` : ''}`;
  }

  /** The value of a field; undefined if it is missing or null. */
  get(field: string): unknown {
    return this.fields[field] ?? undefined;
  }

  fault(field: string, complaint: string): SourceError {
    return new SourceError(`${this.label}: ${field} ${complaint}`);
  }

  /** @throws SourceError for an unknown field */
  expectOnly(known: readonly string[]): void {
    const unknown = Object.keys(this.fields).find((field) => !known.includes(field));
    if (unknown === undefined) return;
    const name = /^\w{1,40}$/.test(unknown) ? unknown : 'a field';
    throw this.fault(name, `is not known; the fields are ${known.join(', ')}`);
  }

  /** @throws SourceError for anything but a whole number from 1 to `max` */
  wholeNumber(field: string, max: number): number | undefined {
    const value = this.get(field);
    if (value === undefined) return undefined;
    if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= max) return value;
    throw this.fault(field, `must be a whole number from 1 to ${max}`);
  }

  /** @throws SourceError for anything but a text that matches */
  text(field: string, pattern: RegExp, takes: string): string | undefined {
    const value = this.get(field);
    if (value === undefined) return undefined;
    if (typeof value === 'string' && pattern.test(value)) return value;
    throw this.fault(field, `must be ${takes}`);
  }
}
