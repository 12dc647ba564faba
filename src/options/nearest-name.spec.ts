import { describe, expect, it } from '@jest/globals';
import { findNearestName } from './nearest-name.js';

describe('the nearest name', () => {
  it.each([
    ['maxBodyByte', 'maxBodyBytes'],
    ['maxBodyBytess', 'maxBodyBytes'],
    ['maxBoddyByte', 'maxBodyBytes'],
    ['naxBodyBites', 'maxBodyBytes'],
    ['maxStream', 'maxStreams'],
    ['maxStreams2', 'maxStreams'],
    ['axStreamss', 'maxStreams'],
  ])('is at most two insertions, deletions or replacements away: %s', (name, nearest) => {
    expect(findNearestName(name, ['maxStreams', 'maxBodyBytes'])).toBe(nearest);
  });

  it.each(['', 'xaxBodyBites2', 'maxBody', 'bodyMaxBytes', 'MAXBODYBYTES', 'maxBodyBytes123'])(
    'is none where they differ more: %s',
    (name) => {
      expect(findNearestName(name, ['maxBodyBytes'])).toBeUndefined();
    },
  );

  it('is the one with the fewest edits, whatever the order', () => {
    expect(findNearestName('abcdxf', ['abcxxx', 'abcdef', 'abcdff'])).toBe('abcdef');
    expect(findNearestName('a', [])).toBeUndefined();
  });

  it('is of the most similar length among those with as many edits', () => {
    expect(findNearestName('form', ['format', 'from'])).toBe('from');
  });
});
