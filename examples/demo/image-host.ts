import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { basename } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const FOLDER = new URL('images/', import.meta.url);

/**
 * Serves the folder of images on loopback.
 *
 * @param port 0 takes a free one
 * @param delayMs about how long it takes to answer: some slowness makes progress worth watching
 */
export async function serveImages(
  port: number,
  delayMs: number,
): Promise<{ origin: string; close: () => void }> {
  const server: Server = createServer(async (request, response) => {
    await pause(delayMs * (0.5 + Math.random()));
    const name = basename(new URL(request.url ?? '/', 'http://demo').pathname);
    const file = fileURLToPath(new URL(name, FOLDER));
    const found = await stat(file).catch(() => undefined);
    if (!found?.isFile()) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { 'content-length': found.size });
    createReadStream(file).pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port was given');
  return {
    origin: `http://127.0.0.1:${address.port}`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
