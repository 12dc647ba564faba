import { Ajv, type AnySchemaObject, type ValidateFunction } from 'ajv';
import ajvFormats from 'ajv-formats';

/** A schema of OpenAPI 3.0, of which the keywords that the document uses. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly nullable?: boolean;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly maxProperties?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly format?: string;
  readonly pattern?: string;
}

export interface Parameter {
  readonly name: string;
  readonly in: 'query' | 'header' | 'path';
  readonly required?: boolean;
  readonly schema: Schema;
}

interface MediaType {
  readonly schema: Schema;
  readonly example?: unknown;
  readonly examples?: Readonly<Record<string, { readonly value: unknown }>>;
}

export interface DocumentedAnswer {
  readonly content?: Readonly<Record<string, MediaType>>;
  readonly headers?: Readonly<Record<string, { readonly required?: boolean; readonly schema: Schema }>>;
}

interface DocumentedOperation {
  readonly operationId: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, MediaType>> };
  readonly responses: Readonly<Record<string, DocumentedAnswer>>;
}

export interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, DocumentedOperation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

export interface Operation extends DocumentedOperation {
  /** In capitals. */
  readonly method: string;
  readonly path: string;
  readonly parameters: readonly Parameter[];
}

/** What an OpenAPI document says, to be asked. */
export class ApiDocument {
  readonly operations: readonly Operation[];
  private readonly ajv = new Ajv({ strict: false, allErrors: false, validateFormats: true });
  private readonly validators = new Map<string, ValidateFunction>();

  constructor(private readonly json: OpenApi) {
    this.operations = Object.entries(json.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({
        parameters: [],
        ...operation,
        path,
        method: method.toUpperCase(),
      })),
    );
    ajvFormats.default(this.ajv);
    for (const kind of ['open', 'closed'] as const) {
      const schemas = Object.entries(json.components.schemas).map(([name, schema]) => [
        name,
        getJsonSchema(schema, kind),
      ]);
      this.ajv.addSchema({ $id: kind, components: { schemas: Object.fromEntries(schemas) as object } });
    }
  }

  /** What a reference points to. */
  resolve(schema: Schema): Schema {
    if (schema.$ref === undefined) return schema;
    const target = this.json.components.schemas[schema.$ref.replace('#/components/schemas/', '')];
    if (target === undefined) throw new Error(`the document has no ${schema.$ref}`);
    return this.resolve(target);
  }

  /**
   * Why a value does not have a schema; undefined where it has.
   *
   * @param kind of a closed schema an object has no properties but those that are named
   */
  whyNot(schema: Schema, value: unknown, kind: 'open' | 'closed'): string | undefined {
    const key = kind + JSON.stringify(schema);
    let validate = this.validators.get(key);
    if (validate === undefined) {
      validate = this.ajv.compile(getJsonSchema(schema, kind));
      this.validators.set(key, validate);
    }
    return validate(value) ? undefined : this.ajv.errorsText(validate.errors);
  }

  /** Whether a request is for a path that takes other methods. */
  hasPath({ target }: { readonly target: string }): boolean {
    const segments = getSegments(target.replace(/[?#][^]*$/, ''));
    return this.operations.some(({ path }) => matches(getSegments(path), segments));
  }

  /** The operation that a request reaches by the method and the path as it was sent, if any. A HEAD is a GET. */
  operationAt(method: string, target: string): Operation | undefined {
    const asked = method === 'HEAD' ? 'GET' : method;
    const segments = getSegments(target.replace(/[?#][^]*$/, ''));
    const matching = this.operations.filter(
      (operation) => operation.method === asked && matches(getSegments(operation.path), segments),
    );
    return matching.find(({ path }) => !path.endsWith('}')) ?? matching[0];
  }
}

function getSegments(path: string): string[] {
  return path.replace(/\/$/, '').split('/');
}

function matches(template: readonly string[], segments: readonly string[]): boolean {
  return (
    template.length === segments.length &&
    template.every((part, index) => {
      const segment = segments[index] ?? '';
      return part.startsWith('{') ? segment !== '' : part.toLowerCase() === segment.toLowerCase();
    })
  );
}

/** The same as JSON Schema, which knows no `nullable`. */
function getJsonSchema(schema: Schema, kind: 'open' | 'closed'): AnySchemaObject {
  const { nullable, ...rest } = schema;
  const converted: AnySchemaObject = Object.fromEntries(
    Object.entries(rest).map(([key, value]) => [key, convertKeyword(key, value, kind)]),
  );
  if (kind === 'closed' && schema.properties !== undefined) converted['additionalProperties'] ??= false;
  return nullable === true ? { anyOf: [converted, { type: 'null' }] } : converted;
}

function convertKeyword(key: string, value: unknown, kind: 'open' | 'closed'): unknown {
  switch (key) {
    case '$ref':
      return `${kind}${String(value)}`;
    case 'properties':
      return Object.fromEntries(
        Object.entries(value as Record<string, Schema>).map(([name, schema]) => [
          name,
          getJsonSchema(schema, kind),
        ]),
      );
    case 'additionalProperties':
      return typeof value === 'object' ? getJsonSchema(value as Schema, kind) : value;
    case 'items':
      return getJsonSchema(value as Schema, kind);
    case 'allOf':
    case 'anyOf':
    case 'oneOf':
      return (value as Schema[]).map((schema) => getJsonSchema(schema, kind));
    default:
      return value;
  }
}
