/** Values of entities by name, as they are declared. */
export type Entities = Map<string, string>;

const DECLARATION =
  /<!ENTITY[ \t\r\n]+([^ \t\r\n%"'<>&;]{1,100})[ \t\r\n]+(?:"([^"]*)"|'([^']*)')[ \t\r\n]*>/y;
const REFERENCE = /&(?:#(\d{1,7})|#x([\da-f]{1,6})|([^ \t\r\n%"'<>&;#]{1,100}));/gi;

const PREDEFINED: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
]);

const MAX_ENTITIES = 256;
const MAX_VALUE_LENGTH = 16_384;
/** Longest expanded value of an entity: enough for any size, and short enough for any text. */
const MAX_EXPANDED_LENGTH = 16_384;
const MAX_DEPTH = 8;

/**
 * Reads the declaration of an internal entity (XML 1.0 §4.2.1), if there is one at this position. The first
 * declaration of a name is used. Parameter entities and external entities are ignored.
 *
 * @returns the end of the declaration; undefined for anything else
 */
export function readEntity(text: string, at: number, entities: Entities): number | undefined {
  DECLARATION.lastIndex = at;
  const found = DECLARATION.exec(text);
  if (found === null) return undefined;
  const [all, name = '', double, single = ''] = found;
  const value = double ?? single;
  const isKept = entities.size < MAX_ENTITIES && value.length <= MAX_VALUE_LENGTH;
  if (isKept && !entities.has(name)) entities.set(name, value);
  return at + all.length;
}

/**
 * Expands the references of a value (XML 1.0 §4.4): characters, and entities nested up to 8 deep. A value that
 * would exceed 16,384 characters or refers to an unknown entity stays unchanged.
 */
export function expandEntities(value: string, entities: Entities): string {
  if (!value.includes('&') || value.length > MAX_VALUE_LENGTH) return value;
  const budget = { left: MAX_EXPANDED_LENGTH };
  return expand(value, entities, budget, 0) ?? value;
}

function expand(
  value: string,
  entities: Entities,
  budget: { left: number },
  depth: number,
): string | undefined {
  if (depth > MAX_DEPTH) return undefined;
  const parts: string[] = [];
  let end = 0;
  for (const reference of value.matchAll(REFERENCE)) {
    const [all, decimal, hexadecimal, name = ''] = reference;
    const plain = value.slice(end, reference.index);
    end = reference.index + all.length;
    // An empty entity counts too, because it takes time to expand.
    budget.left -= plain.length + 1;
    if (budget.left < 0) return undefined;
    const character = toCharacter(decimal, 10) ?? toCharacter(hexadecimal, 16) ?? PREDEFINED.get(name);
    const declared = character === undefined ? entities.get(name) : undefined;
    const replacement = declared === undefined ? character : expand(declared, entities, budget, depth + 1);
    if (replacement === undefined) return undefined;
    parts.push(plain, replacement);
  }
  budget.left -= value.length - end;
  if (budget.left < 0) return undefined;
  return parts.join('') + value.slice(end);
}

function toCharacter(digits: string | undefined, base: number): string | undefined {
  if (digits === undefined) return undefined;
  const code = Number.parseInt(digits, base);
  return code <= 0x10ffff ? String.fromCodePoint(code) : undefined;
}
