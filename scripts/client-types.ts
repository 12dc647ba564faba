/**
 * Writes the types of the client from `openapi.json`: `npm run openapi` does, after the document itself.
 *
 *   --check   writes nothing, and fails where the file is not what would be written
 */
import { readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import openapiTypescript, { astToString } from 'openapi-typescript';

const DOCUMENT = new URL('../openapi.json', import.meta.url);
const FILE = new URL('../packages/client/src/schema.ts', import.meta.url);

const { values: options } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
const types = `// Written from openapi.json by scripts/client-types.ts.\n${astToString(await openapiTypescript(DOCUMENT, { immutable: false }))}`;
if (!options.check) {
  await writeFile(FILE, types);
} else if (types !== (await readFile(FILE, 'utf8').catch(() => ''))) {
  console.error(
    'packages/client/src/schema.ts is not what openapi.json says: npm run openapi writes it anew.',
  );
  process.exitCode = 1;
}
