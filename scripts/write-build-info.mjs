/** Writes dist/build-info.json: the commit that was built, as `COMMIT` says or git does, or null. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';

writeFileSync(
  new URL('../dist/build-info.json', import.meta.url),
  `${JSON.stringify({ commit: process.env['COMMIT'] || commitOfCheckout() })}\n`,
);

function commitOfCheckout() {
  try {
    const options = {
      cwd: new URL('..', import.meta.url),
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    };
    // A tarball that was unpacked inside another checkout is none of that one's commits.
    if (execFileSync('git', ['rev-parse', '--show-cdup'], options).trim() !== '') return null;
    return execFileSync('git', ['rev-parse', '--short=12', 'HEAD'], options).trim();
  } catch {
    return null;
  }
}
