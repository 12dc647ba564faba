import { countCharacters, isCleanText, type Rule, text } from '../http/input/rules.js';

/** The metadata of a job or a visit: texts by key. `__proto__` is an ordinary key. */
export type Metadata = Readonly<Record<string, string>>;

export const MAX_METADATA_KEYS = 16;
export const MAX_METADATA_KEY_LENGTH = 64;
export const MAX_METADATA_VALUE_LENGTH = 512;
export const MAX_METADATA_BYTES = 4096;

const key: Rule = text(1, MAX_METADATA_KEY_LENGTH);
const LINE_BREAKS = /[\t\n\r]/g;

/** The rule for a value: text with optional line breaks and tabs, as in the cell of a spreadsheet. */
export const metadataValue: Rule = (value) => {
  if (typeof value !== 'string') return 'must be a text';
  const length = countCharacters(value, MAX_METADATA_VALUE_LENGTH);
  if (length > MAX_METADATA_VALUE_LENGTH) {
    const found = Number.isFinite(length) ? length : countCharacters(value, value.length);
    return `has ${found} characters; at most ${MAX_METADATA_VALUE_LENGTH} are allowed`;
  }
  return isCleanText(value.replace(LINE_BREAKS, ''))
    ? undefined
    : 'must hold no control characters and no lone surrogates';
};

/** The rule for a key. */
export const metadataKey: Rule = key;

/** The rule for an object of at most 16 texts. */
export const metadata: Rule = (value) => {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return `must be an object of at most ${MAX_METADATA_KEYS} texts`;
  const entries = Object.entries(value);
  if (entries.length > MAX_METADATA_KEYS) return `must have at most ${MAX_METADATA_KEYS} keys`;
  for (const [name, each] of entries) {
    const badKey = key(name);
    if (typeof badKey === 'string') return `has a key that ${badKey}`;
    const badValue = metadataValue(each);
    if (typeof badValue === 'string') return `has the key ${JSON.stringify(name)}, whose value ${badValue}`;
  }
  return findSizeFault(value);
};

/** The fault of metadata that is too large as JSON. */
export function findSizeFault(value: object): string | undefined {
  const bytes = Buffer.byteLength(JSON.stringify(value));
  return bytes > MAX_METADATA_BYTES
    ? `takes ${bytes} bytes as JSON; at most ${MAX_METADATA_BYTES} are allowed`
    : undefined;
}

/** The number of characters of all keys and values. */
export function countMetadataCharacters(value: Metadata | null): number {
  let characters = 0;
  for (const name in value) characters += name.length + (value[name]?.length ?? 0);
  return characters;
}
