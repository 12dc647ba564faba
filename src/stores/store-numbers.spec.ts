import { describe, expect, it } from '@jest/globals';
import { findDecimalFault, parseDecimal } from './store-numbers.js';

describe('the number of a cell', () => {
  it.each([
    ['52.5163', ',', 52.5163],
    ['-.5', ',', -0.5],
    ['+7.', ';', 7],
    ['1E-05', ',', 0.00001],
    ['52,5163', ';', 52.5163],
    ['-0,5', '\t', -0.5],
    ['52,5163', ',', NaN],
    ['1.234,5', ';', NaN],
    ['1,234.5', ';', NaN],
    ['1,2,3', ';', NaN],
    ['0x10', ',', NaN],
    ['Infinity', ',', NaN],
    ['12°', ',', NaN],
    ['', ',', NaN],
    ['.', ';', NaN],
    [',', ';', NaN],
  ])('%j in a file that is separated by %j is %d', (cell, delimiter, number) => {
    expect(parseDecimal(cell, delimiter)).toBe(number);
  });

  it.each([
    ['1,250', ';', true],
    ['1.250', ';', true],
    ['1.250', ',', false],
    ['0,250', ';', false],
    ['250,5', ';', false],
    ['1250', ';', false],
  ])('%j in a file that is separated by %j may mean thousands: %s', (cell, delimiter, isUncertain) => {
    const fault = findDecimalFault(cell, delimiter, true);
    expect(fault?.includes('of thousands') ?? false).toBe(isUncertain);
    expect(findDecimalFault(cell, delimiter, false)).toBeUndefined();
  });
});
