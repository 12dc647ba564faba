import { describe, expect, it } from '@jest/globals';
import { toArrayLiteral, toTextArrayLiteral } from './array-literal.js';

describe('the text of an array', () => {
  it('holds numbers, booleans, times and nulls as they are', () => {
    expect(toArrayLiteral([1, -2, null])).toBe('{1,-2,NULL}');
    expect(toArrayLiteral([true, false])).toBe('{true,false}');
    expect(toArrayLiteral([new Date('2024-11-16T13:00:00.001+01:00')])).toBe('{2024-11-16T12:00:00.001Z}');
    expect(toArrayLiteral([])).toBe('{}');
  });

  it.each([
    [['a', null, 'NULL'], '{"a",NULL,"NULL"}'],
    [['', ' ', 'a,b', '{c}'], '{""," ","a,b","{c}"}'],
    [['say "x"', 'a\\b', '\\"', '$&'], String.raw`{"say \"x\"","a\\b","\\\"","$&"}`],
    [['two\nlines', 'Läden 🏪'], '{"two\nlines","Läden 🏪"}'],
  ])('quotes %j', (values, text) => {
    expect(toTextArrayLiteral(values)).toBe(text);
  });
});
