import { serveImages } from './image-host.ts';

/** The demo's pictures on a fixed port, to try things on. Ctrl-C ends it. */
const { origin } = await serveImages(9911, 0);
process.stdout.write(`Pictures at ${origin}/shelf-cereal.png and so on (see examples/demo/images)\n`);
