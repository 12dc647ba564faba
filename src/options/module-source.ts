import { findNearestName } from './nearest-name.js';
import type { OptionTable } from './option.js';
import type { OptionSource } from './read-options.js';

/** What belongs next to `useFactory`, and is easily put among the options. */
const SIBLINGS_OF_USE_FACTORY = new Set(['dataSource', 'controllers', 'analyzers', 'imports', 'inject']);

/** An option of the module that cannot be used. The message names it and says what it takes. */
export class StoreVisitsOptionsError extends Error {
  override readonly name = 'StoreVisitsOptionsError';

  constructor(option: string, takes: string) {
    super(`StoreVisitsModule: ${option} takes ${takes}`);
  }
}

/**
 * Reads the options of a group that a platform gave to the module.
 *
 * @throws StoreVisitsOptionsError for what is not an object, and for a name that is not in the table
 */
export function fromModule(group: string, table: OptionTable, given: unknown = {}): OptionSource {
  const options = expectNames(group, given, Object.keys(table));
  const source: OptionSource = {
    label: (name) => `${group}.${name}`,
    read: (name, option) => {
      const value: unknown = Reflect.get(options, name);
      // A list that is null is refused: as an empty one, `allowedHosts` would allow all hosts.
      const isLeftOut = value === undefined || (value === null && option.type !== 'TextList');
      return isLeftOut ? undefined : option.check(value, source.refuse(name, option, value));
    },
    refuse: (name) => (takes, part) => {
      throw new StoreVisitsOptionsError(`${group}.${name}${part === undefined ? '' : `.${part}`}`, takes);
    },
  };
  return source;
}

/**
 * An object whose names are all known. A misspelled name would leave a default in force, and TypeScript does not check the
 * names of what a factory returns.
 *
 * @throws StoreVisitsOptionsError for anything else
 */
export function expectNames(option: string, given: unknown, known: readonly string[]): object {
  if (!isObject(given)) throw new StoreVisitsOptionsError(option, `an object with ${known.join(', ')}`);
  const unknown = Object.keys(given).find((name) => !known.includes(name));
  if (unknown === undefined) return given;
  if (SIBLINGS_OF_USE_FACTORY.has(unknown))
    throw new StoreVisitsOptionsError(option, `no ${unknown}: that stands beside useFactory`);
  const nearest = findNearestName(unknown, known);
  const question = nearest === undefined ? '' : `. Did you mean ${nearest}?`;
  throw new StoreVisitsOptionsError(option, `no ${unknown}, only ${known.join(', ')}${question}`);
}

export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
