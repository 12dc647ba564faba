import { createPlatform } from './application.js';

const app = await createPlatform();
await app.listen(process.env['PORT'] ?? 3000);
console.log(`The platform listens at ${await app.getUrl()}/v1`);
