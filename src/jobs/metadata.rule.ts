import { countCharacters, isCleanText, type Rule, text } from '../http/input/rules.js';

/** What a submitter says of a job or a visit in words of its own. `__proto__` is a key like any other. */
export type Metadata = Readonly<Record<string, string>>;

export const MAX_METADATA_KEYS = 16;
export const MAX_METADATA_KEY_LENGTH = 64;
export const MAX_METADATA_VALUE_LENGTH = 512;
export const MAX_METADATA_BYTES = 4096;

const key: Rule = text(1, MAX_METADATA_KEY_LENGTH);
const LINE_BREAKS = /[\t\n\r]/g;

/** A value: text that may have line breaks and tabs, as a cell of a spreadsheet may. */
export const metadataValue: Rule = (value) => {
  if (typeof value !== 'string') return 'must be a text';
  const length = countCharacters(value, MAX_METADATA_VALUE_LENGTH);
  if (length > MAX_METADATA_VALUE_LENGTH) {
    const found = Number.isFinite(length) ? length : value.length;
    return `has ${found} characters; at most ${MAX_METADATA_VALUE_LENGTH} are allowed`;
  }
  return isCleanText(value.replace(LINE_BREAKS, ''))
    ? undefined
    : 'must hold no control characters and no lone surrogates';
};

/** A name for a value. */
export const metadataKey: Rule = key;

/** An object of a few texts. */
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

/** What is wrong with the size of metadata as JSON. */
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
