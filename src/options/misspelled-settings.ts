import { findNearestName } from './nearest-name.js';

/** The variables of a process. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Shorter names are not checked, because they may belong to another program. */
const MIN_NAME_LENGTH = 8;

/** A variable whose name is similar to that of a setting. The message is one line without the value, which may be a secret. */
export class UnknownSettingError extends Error {
  override readonly name = 'UnknownSettingError';

  constructor(name: string, nearest: string) {
    super(
      `${replaceControlCharacters(name)} is not a setting. Did you mean ${nearest}? Rename the variable, or unset it.`,
    );
  }
}

/** @throws UnknownSettingError for a variable of 8 or more characters that is within two edits of a setting */
export function refuseMisspelled(environment: Environment, settings: readonly string[]): void {
  for (const [name, value = ''] of Object.entries(environment)) {
    if (name.length < MIN_NAME_LENGTH || settings.includes(name) || value.trim() === '') continue;
    const nearest = findNearestName(name, settings);
    if (nearest !== undefined) throw new UnknownSettingError(name, nearest);
  }
}

/** A text that fits on one line. */
export function replaceControlCharacters(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, ' ');
}
