import { type Environment, replaceControlCharacters } from './misspelled-settings.js';
import type { OptionSource } from './read-options.js';

/** An invalid setting. The message is one line with its name, its value, and the values that are allowed. */
export class SettingError extends Error {
  override readonly name = 'SettingError';

  constructor(name: string, value: string, takes: string) {
    super(`${name}=${replaceControlCharacters(value)}: ${name} takes ${takes}`);
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
