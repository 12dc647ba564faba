import { describe, expect, it } from '@jest/globals';
import { withoutFormula } from './formula.js';

describe('a text in a cell of a spreadsheet', () => {
  it.each([
    '=1+1',
    '+1',
    '-1+1',
    '@SUM(A1)',
    '\t=1',
    '\rx',
    '＝1＋1',
    '＋1',
    '－1',
    '＠SUM(A1)',
    '﹦1',
    ' =1',
    '\u00a0=1',
    '\u3000=1',
    '\u200b=1',
    '\u200d\u2060=1',
    '\ufeff=cmd()',
    '\u202e=1',
    '\u00ad＝1',
    '\n\ufeff \u200b＠1',
  ])('has an apostrophe in front where it may run as a formula: %j', (text) => {
    expect(withoutFormula(text)).toBe(`'${text}`);
  });

  it.each(['', 'a=1', '1', ' x', '\u200bx', '{"a":"=1"}', "'=1", '日本', 'http://h/?a=1', '(=1)'])(
    'stays as it is otherwise: %j',
    (text) => {
      expect(withoutFormula(text)).toBe(text);
    },
  );
});
