// The packages that npm would publish, once they are built: the files that belong there and no other, of a bounded size,
// with the dependencies that they import and no other, and entry points that resolve with their types.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { pack, ROOT, run } from './pack.mjs';
import { stagePackage } from './stage-package.mjs';

/** What a package may hold. The sizes are limits against files that slip in. */
const PACKAGES = {
  shelfline: {
    maxPackedBytes: 620_000,
    maxBytes: 2_200_000,
    files:
      /^(?:dist\/(?!main\.|server\/|cli\/|console\/|embedded-postgres\/).+\.(?:js|d\.ts)|package\.json|README\.md|LICENSE)$/,
    // The packages of Nest have to be the platform's own.
    refused: /^(?:@nestjs\/|embedded-postgres$|jest$|typescript$)/,
    optional: [],
  },
  'shelfline-server': {
    maxPackedBytes: 950_000,
    maxBytes: 3_200_000,
    files:
      /^(?:bin\/shelfline-server\.js|dist\/(?!cli\/|console\/).+\.js|dist\/console\/.+|dist\/build-info\.json|data\/store-master\.sample\.csv|package\.json|README\.md|LICENSE)$/,
    refused: /^(?:embedded-postgres|jest|typescript)$/,
    // Only an application that has events has it.
    optional: ['@nestjs/event-emitter'],
  },
  'shelfline-cli': {
    maxPackedBytes: 40_000,
    maxBytes: 120_000,
    files: /^(?:bin\/shelfline\.js|dist\/cli\/.+\.js|package\.json|README\.md|LICENSE)$/,
    refused: /^(?:@nestjs\/|typeorm$|pg$|jest$|typescript$)/,
    optional: [],
  },
  'shelfline-client': {
    maxPackedBytes: 60_000,
    maxBytes: 450_000,
    files: /^(?:dist\/.+\.(?:js|d\.ts)|package\.json|README\.md|LICENSE)$/,
    refused: /^(?:@nestjs\/|@types\/|jest$|typescript$)/,
    optional: [],
  },
};

const LOADED_BY = {
  '@nestjs/platform-express': '@nestjs/core',
  axios: '@nestjs/axios',
  'pino-http': 'nestjs-pino',
  'reflect-metadata': '@nestjs/common',
};

const folder = await mkdtemp(join(tmpdir(), 'shelfline-package-'));
const faults = [];
try {
  await check('shelfline', ROOT);
  await check('shelfline-server', await stagePackage('server'));
  await check('shelfline-cli', await stagePackage('cli'));
  await check('shelfline-client', await stagePackage('client'));
} finally {
  await rm(folder, { recursive: true, force: true });
}
for (const fault of faults) console.error(fault);
if (faults.length > 0) process.exitCode = 1;

async function check(name, source) {
  const { maxPackedBytes, maxBytes, files: belongs, refused, optional } = PACKAGES[name];
  const { path, files, packedBytes, bytes } = await pack(folder, source);
  const fault = (text) => faults.push(`${name}: ${text}`);
  for (const file of files)
    if (!belongs.test(file.path) || /\.spec\./.test(file.path)) fault(`${file.path} does not belong there`);
  if (packedBytes > maxPackedBytes)
    fault(`the tarball has ${packedBytes} bytes, more than ${maxPackedBytes}`);
  if (bytes > maxBytes) fault(`its files have ${bytes} bytes, more than ${maxBytes}`);

  const manifest = JSON.parse(await readFile(join(source, 'package.json'), 'utf8'));
  const declared = new Set([
    ...Object.keys(manifest.dependencies),
    ...Object.keys(manifest.peerDependencies ?? {}),
  ]);
  const imported = await findImports(source, files);
  for (const dependency of imported)
    if (!declared.has(dependency) && !optional.includes(dependency))
      fault(`${dependency} is imported but not declared`);
  for (const dependency of Object.keys(manifest.dependencies)) {
    if (refused.test(dependency)) fault(`${dependency} is a dependency`);
    if (!imported.has(dependency) && !isNeededByOthers(dependency, manifest))
      fault(`${dependency} is declared but not imported`);
  }
  await checkEntryPoints(name, path, manifest, fault);
  console.log(`${name}: ${files.length} files, ${packedBytes} bytes packed, ${bytes} unpacked`);
}

/** The packages that the JavaScript files of a package import. */
async function findImports(source, files) {
  const imported = new Set();
  // The console is bundled: it imports nothing at run time.
  const scripts = files.filter(({ path }) => path.endsWith('.js') && !path.startsWith('dist/console/'));
  for (const file of scripts) {
    const text = await readFile(join(source, file.path), 'utf8');
    for (const [, specifier] of text.matchAll(
      /(?:^|[;\s}*])(?:from|import)\s*\(?\s*'((?:@[\w.-]+\/)?\w[\w./:-]*)'/gm,
    )) {
      const dependency = specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
      if (!dependency.startsWith('node:') && !builtinModules.includes(dependency)) imported.add(dependency);
    }
  }
  return imported;
}

/** Whether another dependency loads it: nothing of ours has to import it then. */
function isNeededByOthers(dependency, manifest) {
  return LOADED_BY[dependency] in manifest.dependencies;
}

async function checkEntryPoints(name, path, manifest, fault) {
  const tarball = await readFile(path);
  const { messages } = await publint({
    pack: { tarball: tarball.buffer.slice(tarball.byteOffset, tarball.byteOffset + tarball.byteLength) },
    strict: true,
  });
  for (const message of messages) fault(`publint: ${formatMessage(message, manifest, { color: false })}`);
  if (manifest.types === undefined) return;
  const attw = fileURLToPath(new URL('../node_modules/@arethetypeswrong/cli/dist/index.js', import.meta.url));
  await run(process.execPath, [attw, path, '--profile', 'esm-only', '--format', 'ascii']).catch((error) =>
    fault(error.message),
  );
}
