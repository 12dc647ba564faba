import { Transform } from 'class-transformer';
import { type Rule, Satisfies } from '../rules.js';
import { type Dto, getFields } from '../validation.js';

/** How a query parameter stands in the document. */
export interface ParameterDocs {
  readonly schema: Readonly<Record<string, unknown>>;
  readonly description: string;
}

const DOCS = new WeakMap<object, Map<string, ParameterDocs>>();

/**
 * A query parameter, which may be left out: how it stands in the document, and what it has to satisfy.
 *
 * @param parse makes what the rule and the handler see out of the text; leaves what it can't read as it is
 */
export function Parameter(
  docs: ParameterDocs,
  rule: Rule,
  parse?: (value: unknown) => unknown,
): PropertyDecorator {
  return (target, property) => {
    const ofClass = DOCS.get(target) ?? new Map<string, ParameterDocs>();
    DOCS.set(target, ofClass.set(String(property), docs));
    if (parse !== undefined) Transform(({ value }) => parse(value))(target, property);
    Satisfies((value) => (value === undefined ? undefined : rule(value)))(target, property);
  };
}

/** The parameters of a query, by their names. */
export function getParameters(query: Dto<object>): ReadonlyMap<string, ParameterDocs> {
  return new Map(getFields(query).map((name) => [name, findDocs(query.prototype, name)]));
}

/** What is said of a field where it is declared: in this class, or in one that it extends. */
function findDocs(prototype: object | null, name: string): ParameterDocs {
  if (prototype === null) throw new TypeError(`the parameter ${name} has no @Parameter`);
  return DOCS.get(prototype)?.get(name) ?? findDocs(Object.getPrototypeOf(prototype), name);
}
