import { afterAll } from '@jest/globals';
import { endLeftovers } from './leftovers.js';

// Runs in each test file; see jest.config.json.
afterAll(endLeftovers, 60_000);
