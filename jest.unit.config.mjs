import { readFileSync } from 'node:fs';

const all = JSON.parse(readFileSync(new URL('jest.config.json', import.meta.url), 'utf8'));
const { globalSetup: _setup, globalTeardown: _teardown, ...rest } = all;

/** Tests beside their source that need neither a build nor a database. */
export default {
  ...rest,
  roots: ['<rootDir>/src'],
  testMatch: ['**/*.spec.ts'],
  // These start the embedded PostgreSQL or a process of the build.
  testPathIgnorePatterns: ['/src/embedded-postgres/', '/src/cli/'],
};
