import { findNearestName } from './nearest-name.js';
import type { OptionSource } from './read-options.js';

/** The variables of a process. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Shorter names are not checked, because they may belong to another program. */
const MIN_NAME_LENGTH = 8;

/** An invalid setting. The message is one line with its name, its value, and the values that are allowed. */
export class SettingError extends Error {
  override readonly name = 'SettingError';

  constructor(name: string, value: string, takes: string) {
    super(`${name}=${replaceControlCharacters(value)}: ${name} takes ${takes}`);
  }
}

/** A variable whose name is similar to that of a setting. The message is one line without the value, which may be a secret. */
export class UnknownSettingError extends Error {
  override readonly name = 'UnknownSettingError';

  constructor(name: string, nearest: string) {
    super(
      `${replaceControlCharacters(name)} is not a setting. Did you mean ${nearest}? Rename the variable, or unset it.`,
    );
  }
}

/** Reads options from environment variables. A blank variable counts as not set. */
export function fromEnvironment(environment: Environment): OptionSource {
  const source: OptionSource = {
    label: (name, { variable = name }) => variable,
    read: (name, option) => {
      const text = environment[source.label(name, option)]?.trim() ?? '';
      return text === '' ? undefined : option.parse(text, source.refuse(name, option, text));
    },
    refuse: (name, option, value) => (takes) => {
      throw new SettingError(
        source.label(name, option),
        option.isSecret ? '(not shown)' : String(value),
        takes,
      );
    },
  };
  return source;
}

/** @throws UnknownSettingError for a variable of 8 or more characters that is within two edits of a setting */
export function refuseMisspelled(environment: Environment, settings: readonly string[]): void {
  for (const [name, value = ''] of Object.entries(environment)) {
    if (name.length < MIN_NAME_LENGTH || settings.includes(name) || value.trim() === '') continue;
    const nearest = findNearestName(name, settings);
    if (nearest !== undefined) throw new UnknownSettingError(name, nearest);
  }
}

function replaceControlCharacters(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, ' ');
}
