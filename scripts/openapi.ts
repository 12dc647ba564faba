/**
 * Writes `openapi.json`, the OpenAPI document of the API as the build has it: `npm run openapi`.
 *
 *   --check   writes nothing, and fails where the file is not what would be written
 */
import { readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import type * as describing from '../src/server/describe-api.js';

/** As it was built: the sources have what Node can't strip. */
const BUILT = new URL('../dist/server/describe-api.js', import.meta.url).href;
const FILE = new URL('../openapi.json', import.meta.url);

const { values: options } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
const { describeApi }: typeof describing = await import(BUILT);
const document = `${JSON.stringify(await describeApi(), null, 2)}\n`;
if (!options.check) {
  await writeFile(FILE, document);
} else if (document !== (await readFile(FILE, 'utf8').catch(() => ''))) {
  console.error(
    'openapi.json is not what the routes say: npm run openapi writes it anew. Look at what it changes.',
  );
  process.exitCode = 1;
}
