/**
 * Serves from the sources: compiles what changes and starts the server again, on the embedded database in `.data` unless
 * `DATABASE_URL` says otherwise. The demo's images are served beside it. Ctrl-C ends all of it.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('..', import.meta.url));
const children = [];

/** @param out what becomes of its output: `inherit`, or `pipe` to read it */
function start(args, out = 'inherit') {
  const child = spawn(process.execPath, args, {
    cwd: FOLDER,
    stdio: ['ignore', out, 'inherit'],
    // The demo's images are served on loopback, which is no public address.
    env: { IMAGE_ALLOWED_NETWORKS: '127.0.0.0/8', ...process.env },
  });
  children.push(child);
  return child;
}

let isStopping = false;
function stop(signal) {
  isStopping = true;
  for (const child of children) child.kill(signal);
}
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => stop(signal));

/** The compiler and the server are of no use without each other. */
function stopsWith(child) {
  child.once('exit', (code) => {
    if (isStopping) return;
    process.exitCode = code || 1;
    stop('SIGTERM');
  });
}

start(['examples/demo/serve-images.ts']);
const compiler = start(
  ['node_modules/typescript/bin/tsc', '--project', 'tsconfig.build.json', '--watch', '--preserveWatchOutput'],
  'pipe',
);
stopsWith(compiler);
let server;
for await (const chunk of compiler.stdout) {
  process.stdout.write(chunk);
  // The server is started once everything is compiled, and starts itself again from then on.
  if (server !== undefined || isStopping || !chunk.includes('Watching for file changes')) continue;
  server = start(['--watch', '--watch-preserve-output', '--enable-source-maps', 'dist/main.js']);
  stopsWith(server);
}
for (const child of children)
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
