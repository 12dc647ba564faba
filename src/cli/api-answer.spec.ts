import { describe, expect, it } from '@jest/globals';
import { refusalError } from './api-answer.js';
import type { CliError } from './cli-error.js';

function refusal(status: number, body: unknown, headers: Record<string, string> = {}): CliError {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return refusalError('http://h:1', { status, headers: new Headers(headers), text });
}

const FAULTS = [
  { path: 'visits[0].store_id', message: 'must be a string' },
  { path: 'visits[1].image_url', message: 'must be a list' },
];

describe('a refusal of the server', () => {
  it.each<[string, number, unknown, number, string]>([
    ['its own sentence', 404, { error: 'Job not found', code: 'job_not_found' }, 2, 'Job not found'],
    ['a bare one', 400, { error: 'Job not found' }, 2, 'Job not found'],
    [
      'no key',
      401,
      { error: 'A valid key is needed' },
      2,
      'The server at http://h:1 wants a valid key: set SHELFLINE_API_KEY, or give --api-key',
    ],
    ['too many requests', 429, { error: 'Too many.' }, 4, 'Too many'],
    ['no database', 503, { error: 'Away.' }, 4, 'Away'],
    ['a proxy', 502, '<h1>Bad Gateway</h1>', 4, 'The server at http://h:1 answered 502, and did not say why'],
    [
      'another server',
      404,
      '<h1>Not Found</h1>',
      2,
      'http://h:1 answered 404, and not as Shelfline does: check --url',
    ],
    ['JSON of others', 404, [1, null], 2, 'http://h:1 answered 404, and not as Shelfline does: check --url'],
    ['control characters', 400, { error: 'a\u001b[31m\nb' }, 2, 'a [31m b'],
  ])('of %s', (_what, status, body, exitStatus, message) => {
    const error = refusal(status, body);
    expect([error.exitStatus, error.message]).toEqual([exitStatus, message]);
  });

  it('names where it sends on to', () => {
    expect(refusal(308, '', { location: 'https://h/' }).message).toContain(
      'https://h/: name that with --url',
    );
  });

  it('says when to come back', () => {
    expect(refusal(503, { error: 'Away.' }, { 'retry-after': '5' })).toMatchObject({
      retryAfterMs: 5000,
      message: 'Away (wait 5 s)',
    });
    expect(refusal(503, { error: 'Away.' }, { 'retry-after': 'soon' })).toMatchObject({
      retryAfterMs: undefined,
    });
  });

  it('is one line for people, with a line for each fault where there are several, and JSON for scripts', () => {
    const body = {
      error: 'visits[0].store_id must be a string (and 1 more).',
      code: 'invalid_input',
      details: FAULTS,
    };
    expect(refusal(400, body).lines().split('\n')).toEqual([
      'shelfline: visits[0].store_id must be a string (and 1 more).',
      '  visits[0].store_id must be a string',
      '  visits[1].image_url must be a list',
    ]);
    expect(JSON.parse(refusal(400, body).json())).toEqual(body);
    expect(refusal(400, { ...body, details: FAULTS.slice(0, 1) }).lines()).not.toContain('\n');
    expect(refusal(400, { error: 'x', details: [1, { path: 'p' }, null] }).details).toEqual([]);
  });
});
