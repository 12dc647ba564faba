import { describe, expect, it } from '@jest/globals';
import { withoutSecrets } from './secrets.js';

describe('a line of the log', () => {
  it.each([
    ['https://a.test/1.jpg?sig=abc&x=1', 'https://a.test/1.jpg?[redacted]'],
    ['failed for HTTP://A.test/?q (and more)', 'failed for HTTP://A.test/?[redacted] (and more)'],
    ['two http://a.test?b http://c.test/d?e=f#g', 'two http://a.test?[redacted] http://c.test/d?[redacted]'],
    ['Authorization: Bearer abc.def', 'Authorization: [redacted]'],
    ['refused "Bearer abc.def"', 'refused "Bearer [redacted]"'],
    ['authorization: Basic abc', 'authorization: [redacted]'],
    ['X-API-Key: abc', 'X-API-Key: [redacted]'],
    ['https://a.test/no-query', 'https://a.test/no-query'],
    ['what? nothing', 'what? nothing'],
  ])('contains nothing secret of %p', (said, kept) => {
    expect(withoutSecrets(said)).toBe(kept);
  });

  it('stays JSON', () => {
    const fields = {
      error: 'no "https://a.test/x?sig=secret" there',
      answer: '{"authorization": "Bearer secret"}',
      headers: { authorization: 'Bearer secret', 'x-api-key': 'secret', host: 'a.test' },
      url: 'http://b.test/?secret',
      last: 1,
    };
    const line = withoutSecrets(JSON.stringify(fields));
    expect(Object.keys(JSON.parse(line))).toEqual(['error', 'answer', 'headers', 'url', 'last']);
    expect(JSON.parse(line).headers.host).toBe('a.test');
    expect(line).not.toContain('secret');
  });
});
