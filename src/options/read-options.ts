import type { Option, OptionTable, Refuse, Values } from './option.js';

/** The source of option values: the environment, or the options that a host platform gives to the module. */
export interface OptionSource {
  /** Reads and checks a value. Returns undefined if it is not given. */
  read(name: string, option: Option): unknown;
  /** The name of the option in errors. */
  label(name: string, option: Option): string;
  /** Returns the function that throws the error of an invalid value. */
  refuse(name: string, option: Option, value: unknown): Refuse;
}

/**
 * Reads all options of a table. Options that are not given have their defaults.
 *
 * @throws the error of the source for the first invalid option
 */
export function readOptions<Table extends OptionTable>(table: Table, source: OptionSource): Values<Table>;
export function readOptions(table: OptionTable, source: OptionSource): Record<string, unknown> {
  const options = Object.entries(table);
  const given = Object.fromEntries(options.map(([name, option]) => [name, source.read(name, option)]));
  const values = Object.fromEntries(options.map(([name, option]) => [name, given[name] ?? option.default]));
  for (const [name, option] of options) {
    const { atLeast: other = '' } = option;
    const [limit, least] = [table[other], values[other]];
    if (limit === undefined || Number(values[name]) >= Number(least)) continue;
    const refuse = source.refuse(name, option, values[name]);
    if (given[name] !== undefined)
      refuse(`at least ${source.label(other, limit)}, which is ${String(least)}`);
    values[name] = least;
  }
  return values;
}
