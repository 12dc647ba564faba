import { Transform } from 'class-transformer';
import { type Rule, Satisfies } from '../input/rules.js';
import { type Dto, getFields } from '../input/validation.js';

/** OpenAPI description of a query parameter. */
export interface ParameterDocs {
  readonly schema: Readonly<Record<string, unknown>>;
  readonly description: string;
  /** Whether the parameter has to be given. The default is false. */
  readonly required?: boolean;
}

const DOCS = new WeakMap<object, Map<string, ParameterDocs>>();

/**
 * Declares a query parameter with its OpenAPI description and its rule.
 *
 * @param parse converts the text for the rule and the handler. It returns a value that it cannot parse unchanged.
 */
export function Parameter(
  docs: ParameterDocs,
  rule: Rule,
  parse?: (value: unknown) => unknown,
): PropertyDecorator {
  return (target, property) => {
    const docsOfClass = DOCS.get(target) ?? new Map<string, ParameterDocs>();
    DOCS.set(target, docsOfClass.set(String(property), docs));
    if (parse !== undefined) Transform(({ value }) => parse(value))(target, property);
    Satisfies((value) => {
      if (value !== undefined) return rule(value);
      return docs.required === true ? 'is required' : undefined;
    })(target, property);
  };
}

/** Returns the parameters of a query by name. */
export function getParameters(query: Dto<object>): ReadonlyMap<string, ParameterDocs> {
  return new Map(getFields(query).map((name) => [name, findDocs(query.prototype, name)]));
}

/** Finds the description in the class that declares the field: this class, or one that it extends. */
function findDocs(prototype: object | null, name: string): ParameterDocs {
  if (prototype === null) throw new TypeError(`${name} is not declared with @Parameter`);
  return DOCS.get(prototype)?.get(name) ?? findDocs(Object.getPrototypeOf(prototype), name);
}
