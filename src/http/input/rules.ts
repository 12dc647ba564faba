import { registerDecorator } from 'class-validator';
import type { Fault } from '../errors/api-error.js';

/**
 * Checks a value. Returns undefined if it is valid, one message, or faults with their paths inside the value (`{ path: '[3]', message }`). A rule is
 * called for every value, including `undefined`.
 */
export type Rule = (value: unknown) => string | readonly Fault[] | undefined;

/** Makes a class-validator constraint from a {@link Rule}. */
export function Satisfies(rule: Rule): PropertyDecorator {
  return (target, property) => {
    registerDecorator({
      name: 'satisfies',
      target: target.constructor,
      propertyName: String(property),
      options: { context: { rule } },
      // class-validator only returns the context if the message is not empty.
      validator: {
        validate: (value: unknown) => rule(value) === undefined,
        defaultMessage: () => 'is not valid',
      },
    });
  };
}

/** As {@link Satisfies}, but the property may also be missing or null. */
export function SatisfiesIfGiven(rule: Rule): PropertyDecorator {
  return Satisfies((value) => (value === undefined || value === null ? undefined : rule(value)));
}

const CONTROL = /\p{Cc}/u;

/** Whether PostgreSQL can store a text and a terminal can show it: it has no NUL, other control character or lone surrogate. */
export function isCleanText(value: string): boolean {
  return value.isWellFormed() && !CONTROL.test(value);
}

/** The rule for a string of `min` to `max` code points, without control characters and lone surrogates. */
export function text(min: number, max: number): Rule {
  return (value) => {
    if (typeof value !== 'string') return `must be a string of ${min} to ${max} characters`;
    const length = countCharacters(value, max);
    if (length < min || length > max) return `must have ${min} to ${max} characters`;
    return isCleanText(value) ? undefined : 'must hold no control characters and no lone surrogates';
  };
}

/**
 * Counts code points, so that an emoji is one character. Returns Infinity for a text that is far longer than `max`, without counting.
 */
export function countCharacters(value: string, max: number): number {
  if (value.length > 2 * max) return Infinity;
  let characters = 0;
  for (let unit = 0; unit < value.length; characters += 1) unit += isPair(value, unit) ? 2 : 1;
  return characters;
}

function isPair(value: string, unit: number): boolean {
  return (value.codePointAt(unit) ?? 0) > 0xffff;
}

/** The rule for a whole number from `min` to `max`. */
export function wholeNumber(min: number, max: number): Rule {
  return (value) =>
    typeof value === 'number' && Number.isSafeInteger(value) && value >= min && value <= max
      ? undefined
      : `must be a whole number from ${min} to ${max}`;
}

/** The rule for one of several words. */
export function oneOf(words: readonly string[]): Rule {
  return (value) =>
    typeof value === 'string' && words.includes(value) ? undefined : `must be one of ${words.join(', ')}`;
}
