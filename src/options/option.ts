/** Throws the error of an invalid option. `takes` describes the allowed values, and `part` names the invalid part of the value, such as `min`. */
export type Refuse = (takes: string, part?: string) => never;

/** A kind of values, and how to parse and check them. */
export interface Kind<Value> {
  /** The TypeScript type of the option of the module. */
  readonly type: string;
  readonly bounds?: { readonly min: number; readonly max: number };
  /** Parses an environment variable that is not blank. */
  readonly parse: (text: string, refuse: Refuse) => Value;
  /** Checks a value that a host platform gave to the module. */
  readonly check: (value: unknown, refuse: Refuse) => Value;
  readonly isSecret?: boolean;
  /** The name of an option of the same table that is a lower bound of this one. The default is raised to it. */
  readonly atLeast?: string;
}

/** One option: a setting of the standalone service, an option of the module, or both. */
export interface Option<Value = unknown, Variable = string | undefined> extends Kind<Value> {
  readonly variable: Variable;
  readonly default: Value;
  readonly description: string;
}

export type OptionTable = Readonly<Record<string, Option>>;

/** The values of a table's options, complete and checked. */
export type Values<Table extends OptionTable> = { readonly [Name in keyof Table]: Table[Name]['default'] };

/**
 * Declares one option.
 *
 * @param variable the environment variable that sets it, or undefined if only the module has the option
 * @param description the text in the README and in the editors of platform developers
 */
export function option<Value, Variable extends string | undefined>(
  variable: Variable,
  defaultValue: NoInfer<Value>,
  kind: Kind<Value>,
  description: string,
): Option<Value, Variable> {
  return { variable, default: defaultValue, description, ...kind };
}

/** An option without a default. */
export function optional<Value>(kind: Kind<Value>): Kind<Value | undefined> {
  return kind;
}

/** A value that never appears in errors. */
export function secret<Value>(kind: Kind<Value>): Kind<Value> {
  return { ...kind, isSecret: true };
}

/** A whole number from `min` to `max`. */
export function whole(min: number, max: number, atLeast?: string): Kind<number> {
  const takes = `a whole number from ${min} to ${max}`;
  const isWithin = (value: unknown): value is number =>
    Number.isInteger(value) && Number(value) >= min && Number(value) <= max;
  return {
    type: 'number',
    bounds: { min, max },
    parse: (digits, refuse) =>
      /^\d{1,15}$/.test(digits) && isWithin(Number(digits)) ? Number(digits) : refuse(takes),
    check: (value, refuse) => (isWithin(value) ? value : refuse(`${takes}, and is ${String(value)}`)),
    ...(atLeast === undefined ? {} : { atLeast }),
  };
}

/** A text that satisfies `matches`. */
export function text(matches: (value: string) => boolean, takes: string): Kind<string> {
  const check: Kind<string>['check'] = (value, refuse) =>
    typeof value === 'string' && matches(value) ? value : refuse(takes);
  return { type: 'string', parse: check, check };
}

/** One of several words. */
export function word<const Word extends string>(words: readonly Word[]): Kind<Word> {
  const check: Kind<Word>['check'] = (value, refuse) =>
    words.find((each) => each === value) ?? refuse(`one of ${words.join(', ')}`);
  return { type: words.map((each) => `'${each}'`).join(' | '), parse: check, check };
}

function toBoolean(value: unknown, refuse: Refuse): boolean {
  return word(['true', 'false']).check(String(value), refuse) === 'true';
}

/** `true` or `false`. */
export const FLAG: Kind<boolean> = { type: 'boolean', parse: toBoolean, check: toBoolean };

function split(joined: string): readonly string[] {
  return joined === '' ? [] : joined.split(',').map((item) => item.trim());
}

/** Texts, as an array or separated by commas. */
export function list(
  matches: (item: string) => boolean,
  takes: string,
  inModule = takes,
): Kind<readonly string[]> {
  const isGood = (items: unknown): items is readonly string[] =>
    Array.isArray(items) && items.every((item) => typeof item === 'string' && matches(item));
  const check = (given: unknown, refuse: Refuse, form: string): readonly string[] => {
    const items = typeof given === 'string' ? split(given) : given;
    return isGood(items) ? items : refuse(form);
  };
  return {
    type: 'TextList',
    parse: (joined, refuse) => check(joined, refuse, `a comma-separated list of ${takes}`),
    check: (given, refuse) => check(given, refuse, `a list of ${inModule}`),
  };
}
