import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Runs a command, and gives what it wrote. Fails with all of that where it fails. */
export async function run(command, args, options = {}) {
  try {
    return await promisify(execFile)(command, args, { maxBuffer: 2 ** 26, ...options });
  } catch (error) {
    throw new Error(
      `${command} ${args.join(' ')} failed:\n${error.stdout ?? ''}${error.stderr ?? error.message}`,
      { cause: error },
    );
  }
}

/** Packs a package, which was built and staged, into a folder. Gives the path of the tarball, its files and their sizes. */
export async function pack(folder, source = ROOT) {
  const { stdout } = await run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], {
    cwd: source,
  });
  // A list of packages, or, of a newer npm, an object of them by their names.
  const [packed] = Object.values(JSON.parse(stdout));
  return {
    path: join(folder, packed.filename),
    files: packed.files,
    packedBytes: packed.size,
    bytes: packed.unpackedSize,
  };
}
