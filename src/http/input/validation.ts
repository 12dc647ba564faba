import { plainToInstance } from 'class-transformer';
import { getMetadataStorage, validateSync, type ValidationError } from 'class-validator';
import { type Fault, InvalidInputError } from '../errors/api-error.js';
import type { Rule } from './rules.js';

export type Dto<T> = new () => T;

/** The maximum number of faults in a response. */
export const MAX_FAULTS = 20;

/**
 * Creates a DTO from its declared fields and checks it. Other fields are never read, so that their depth and names cannot matter. The rules get the
 * values of declared fields unconverted.
 *
 * @throws InvalidInputError with the faults in order of the fields
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
  // Assigned directly: class-transformer would visit all of it, and deep input would overflow the stack.
  Object.assign(instance, pick(fields, nested));
  const faults = findFaults(instance);
  if (faults.length > 0) throw new InvalidInputError(faults.slice(0, MAX_FAULTS));
  return instance;
}

/** Checks a DTO. The path of each fault begins with `prefix`. */
export function findFaults(instance: object, prefix = ''): Fault[] {
  return validateSync(instance, { forbidUnknownValues: false }).flatMap((error) =>
    faultsOfField(error, prefix),
  );
}

/** Returns the fields of a DTO that have rules, in order of declaration. */
export function getFields(dto: Dto<object>): readonly string[] {
  let fields = FIELDS.get(dto);
  if (fields === undefined) {
    const rules = getMetadataStorage().getTargetValidationMetadatas(dto, '', false, false);
    fields = [...new Set(rules.map((rule) => rule.propertyName))];
    FIELDS.set(dto, fields);
  }
  return fields;
}

/** Returns an object with only these fields, unchanged. Inherited properties are ignored. */
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
