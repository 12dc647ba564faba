// Every package that the lockfile names has the digest of what is installed, and comes from the npm registry.
import { readFile } from 'node:fs/promises';

const REGISTRY = 'https://registry.npmjs.org/';
const { packages } = JSON.parse(await readFile(new URL('../package-lock.json', import.meta.url), 'utf8'));
const installed = Object.entries(packages).filter(
  ([path, { link }]) => path.includes('node_modules/') && link !== true,
);
const faults = installed.flatMap(([path, { integrity, resolved = REGISTRY }]) => {
  if (!/^sha512-[\w+/]+=*$/.test(integrity ?? '')) return [`${path} has no sha512 integrity`];
  return resolved.startsWith(REGISTRY) ? [] : [`${path} comes from ${resolved}`];
});
for (const fault of faults) console.error(fault);
if (faults.length > 0) process.exitCode = 1;
