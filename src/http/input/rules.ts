import { registerDecorator } from 'class-validator';
import type { Fault } from '../errors/api-error.js';

/**
 * What is wrong with a value: nothing, one message, or faults with their places inside the value
 * (`{ path: '[3]', message }`). A rule is asked for every value, `undefined` included.
 */
export type Rule = (value: unknown) => string | readonly Fault[] | undefined;

/** A class-validator constraint made of a {@link Rule}: the DTO's property has to satisfy it. */
export function Satisfies(rule: Rule): PropertyDecorator {
  return (target, property) => {
    registerDecorator({
      name: 'satisfies',
      target: target.constructor,
      propertyName: String(property),
      options: { context: { rule } },
      // class-validator passes the context on only beside a message that is not empty.
      validator: {
        validate: (value: unknown) => rule(value) === undefined,
        defaultMessage: () => 'is not valid',
      },
    });
  };
}

/** The property may be left out or null; what is there has to satisfy the rule. */
export function SatisfiesIfGiven(rule: Rule): PropertyDecorator {
  return Satisfies((value) => (value === undefined || value === null ? undefined : rule(value)));
}

const CONTROL = /\p{Cc}/u;

/** Text that PostgreSQL can keep and a terminal can show: no NUL or other control character, no lone surrogate. */
export function isCleanText(value: string): boolean {
  return value.isWellFormed() && !CONTROL.test(value);
}

/** A string of `min` to `max` characters (code points), all of them clean. */
export function text(min: number, max: number): Rule {
  return (value) => {
    if (typeof value !== 'string') return `must be a string of ${min} to ${max} characters`;
    const length = countCharacters(value, max);
    if (length < min || length > max) return `must have ${min} to ${max} characters`;
    return isCleanText(value) ? undefined : 'must hold no control characters and no lone surrogates';
  };
}

/**
 * Characters (code points) as people count them at least roughly: an emoji is one, not two. Of a text that is far too long
 * for `max` they are not counted.
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

/** A whole number between two bounds. */
export function wholeNumber(min: number, max: number): Rule {
  return (value) =>
    typeof value === 'number' && Number.isSafeInteger(value) && value >= min && value <= max
      ? undefined
      : `must be a whole number from ${min} to ${max}`;
}

/** One of a few words. */
export function oneOf(words: readonly string[]): Rule {
  return (value) =>
    typeof value === 'string' && words.includes(value) ? undefined : `must be one of ${words.join(', ')}`;
}
