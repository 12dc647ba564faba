import { STATUS_CODES } from 'node:http';
import type {
  ContentObject,
  OpenAPIObject,
  ReferenceObject,
  RequestBodyObject,
  ResponseObject,
  SchemaObject,
} from '@nestjs/swagger';

type Schema = SchemaObject | ReferenceObject;
type Schemas = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>;

/** Adds an example to each JSON body without one, from the examples of its fields, and a description to each response without one. */
export function completeBodies(document: OpenAPIObject): void {
  const schemas = document.components?.schemas ?? {};
  for (const { get, put, post, delete: remove } of Object.values(document.paths)) {
    for (const operation of [get, put, post, remove]) {
      if (operation === undefined) continue;
      if (operation.requestBody !== undefined) addExample(operation.requestBody, schemas);
      for (const [status, response] of Object.entries(operation.responses)) {
        if (response === undefined) continue;
        addExample(response, schemas);
        if ('description' in response) response.description ||= STATUS_CODES[status] ?? status;
      }
    }
  }
}

function addExample(body: RequestBodyObject | ResponseObject | ReferenceObject, schemas: Schemas): void {
  const content: ContentObject = 'content' in body ? (body.content ?? {}) : {};
  const json = content['application/json'];
  if (json?.schema === undefined || 'example' in json || 'examples' in json) return;
  json.example = toExample(json.schema, schemas);
}

/** Returns the example of a schema, or combines those of its parts. Returns undefined without examples. */
export function toExample(schema: Schema, schemas: Schemas): unknown {
  if ('$ref' in schema) {
    const target = schemas[schema.$ref.replace('#/components/schemas/', '')];
    return target === undefined ? undefined : toExample(target, schemas);
  }
  if ('example' in schema) return schema.example as unknown;
  const [first] = schema.oneOf ?? schema.allOf ?? [];
  if (first !== undefined) return toExample(first, schemas);
  if (schema.items !== undefined) return [toExample(schema.items, schemas)];
  if (schema.properties === undefined) return undefined;
  return Object.fromEntries(
    Object.entries(schema.properties).map(([name, property]) => [name, toExample(property, schemas)]),
  );
}
