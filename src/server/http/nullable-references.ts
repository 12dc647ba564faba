import type { OpenAPIObject, ReferenceObject, SchemaObject } from '@nestjs/swagger';

/**
 * Makes the schemas nullable that nullable properties refer to. Nest adds `nullable` only next to the reference, which is not enough: null would still have
 * to match the schema.
 *
 * @throws TypeError if another reference to the schema is not nullable
 */
export function completeNullable({ components }: OpenAPIObject): void {
  const schemas = components?.schemas ?? {};
  const uses = Object.values(schemas).flatMap((schema) => ('$ref' in schema ? [] : toUses(schema)));
  for (const { target } of uses.filter(({ isNullable }) => isNullable)) {
    const schema = schemas[target];
    const others = uses.filter((use) => use.target === target && !use.isNullable);
    if (schema === undefined || '$ref' in schema || others.length > 0)
      throw new TypeError(`${target} is null in one place, and not in another: make two classes of it`);
    schema.nullable = true;
  }
}

interface Use {
  readonly target: string;
  readonly isNullable: boolean;
}

/** Returns the references of the properties of a schema. */
function toUses({ properties = {} }: SchemaObject): Use[] {
  return Object.values(properties).flatMap((property) => {
    if ('$ref' in property) return [{ target: getTarget(property), isNullable: false }];
    return [property, ...(property.allOf ?? []), ...(property.items === undefined ? [] : [property.items])]
      .filter((part) => '$ref' in part)
      .map((part) => ({ target: getTarget(part), isNullable: property.nullable === true }));
  });
}

function getTarget({ $ref }: ReferenceObject): string {
  return $ref.replace('#/components/schemas/', '');
}
