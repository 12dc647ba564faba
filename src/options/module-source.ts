import { findNearestName } from './nearest-name.js';
import type { OptionTable } from './option.js';
import type { OptionSource } from './read-options.js';

/** Fields that belong next to `useFactory`. A common mistake is to return them from the factory. */
const SIBLINGS_OF_USE_FACTORY = new Set([
  'name',
  'isGlobal',
  'dataSource',
  'controllers',
  'analyzers',
  'imports',
  'inject',
]);

/** An invalid option of the module. The message has its name and the values that are allowed. */
export class StoreVisitsOptionsError extends Error {
  override readonly name = 'StoreVisitsOptionsError';

  constructor(option: string, takes: string) {
    super(`StoreVisitsModule: ${option} takes ${takes}`);
  }
}

/**
 * Reads the options of a group from the options that a host platform gave to the module.
 *
 * @throws StoreVisitsOptionsError if they are not an object, or a name is not in the table
 */
export function fromModule(group: string, table: OptionTable, given: unknown = {}): OptionSource {
  const options = expectNames(group, given, Object.keys(table));
  const source: OptionSource = {
    label: (name) => `${group}.${name}`,
    read: (name, option) => {
      const value: unknown = Reflect.get(options, name);
      // A list must not be null: `allowedHosts` would then allow all hosts.
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
 * Checks that a value is an object with known names only. A misspelled name would silently keep a default, and TypeScript does not check the names in the
 * result of a factory.
 *
 * @throws StoreVisitsOptionsError if it is not
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
