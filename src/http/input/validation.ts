import { plainToInstance } from 'class-transformer';
import { getMetadataStorage, validateSync, type ValidationError } from 'class-validator';
import { type Fault, InvalidInputError } from '../errors/api-error.js';
import type { Rule } from './rules.js';

export type Dto<T> = new () => T;

/** The most faults that an answer lists. */
export const MAX_FAULTS = 20;

/**
 * Makes a DTO of the fields it declares and checks it. Other fields are never looked at, so that no depth or name in
 * them can matter; a declared field keeps the type it came with until its rules have seen it.
 *
 * @throws InvalidInputError with the faults in the order of the fields
 */
export function parseInput<T extends object>(dto: Dto<T>, input: unknown, what: string): T {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw new InvalidInputError([{ path: what, message: 'must be an object' }]);
  }
  const fields = pick(input, getFields(dto));
  const nested = Object.keys(fields).filter((field) => typeof fields[field] === 'object');
  const instance = plainToInstance(dto, {
    ...fields,
    ...Object.fromEntries(nested.map((field) => [field, null])),
  });
  // As it came: class-transformer would go through all of it, and overflow the stack where it is deep.
  Object.assign(instance, pick(fields, nested));
  const faults = findFaults(instance);
  if (faults.length > 0) throw new InvalidInputError(faults.slice(0, MAX_FAULTS));
  return instance;
}

/** The faults of a DTO, each with its path under `prefix`. */
export function findFaults(instance: object, prefix = ''): Fault[] {
  return validateSync(instance, { forbidUnknownValues: false }).flatMap((error) =>
    faultsOfField(error, prefix),
  );
}

/** The fields that a DTO has rules for, in the order of their declaration. */
export function getFields(dto: Dto<object>): readonly string[] {
  let fields = FIELDS.get(dto);
  if (fields === undefined) {
    const rules = getMetadataStorage().getTargetValidationMetadatas(dto, '', false, false);
    fields = [...new Set(rules.map((rule) => rule.propertyName))];
    FIELDS.set(dto, fields);
  }
  return fields;
}

/** An object of these fields alone, as they are. Inherited properties don't count. */
export function pick(input: object, fields: readonly string[]): Record<string, unknown> {
  const picked: Record<string, unknown> = {};
  for (const field of fields) {
    const property = Object.getOwnPropertyDescriptor(input, field);
    if (property !== undefined) picked[field] = property.value;
  }
  return picked;
}

const FIELDS = new WeakMap<Dto<object>, readonly string[]>();

function faultsOfField(error: ValidationError, prefix: string): Fault[] {
  const rule: Rule | undefined = error.contexts?.['satisfies']?.rule;
  const path = `${prefix}${error.property}`;
  const found = rule?.(error.value);
  if (found === undefined)
    return Object.values(error.constraints ?? {}).map((message) => ({ path, message }));
  if (typeof found === 'string') return [{ path, message: found }];
  return found.map((fault) => ({ path: `${path}${fault.path}`, message: fault.message }));
}
