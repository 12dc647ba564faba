import type { Option, OptionTable, Refuse, Values } from './option.js';

/** Where the values of a table come from: the environment, or what a platform gives to the module. */
export interface OptionSource {
  /** The value that was given, checked; undefined where none was. */
  read(name: string, option: Option): unknown;
  /** What an error calls the option. */
  label(name: string, option: Option): string;
  /** Throws the error of an option whose value cannot be used. */
  refuse(name: string, option: Option, value: unknown): Refuse;
}

/**
 * The values of a table: what the source gives, else the defaults.
 *
 * @throws the source's error for the first option that cannot be used
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
