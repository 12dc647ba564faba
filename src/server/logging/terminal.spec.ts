import { describe, expect, it } from '@jest/globals';
import { headline } from './terminal.js';

describe('a line on a terminal', () => {
  it.each([
    [{ message: 'Shelfline serves', context: 'Startup' }, 'Shelfline serves'],
    [{ event: 'batch_finished', batch: '0-199' }, 'batch_finished'],
    [{ event: 'request_finished', method: 'GET', path: '/api/jobs', status: 200 }, 'GET /api/jobs 200'],
    [{ event: 'request_failed', stack: 'Error: no\n    at x' }, 'request_failed\nError: no\n    at x'],
    [{ message: 'red \u001b[31m and \u009b31m' }, 'red  [31m and  31m'],
  ])('begins with what happened: %p', (line, text) => {
    expect(headline(line)).toBe(text);
  });
});
