import { describe, expect, it } from '@jest/globals';
import { OpenStreams } from './open-streams.js';

describe('slots for streams', () => {
  it('are as many as the limit, and each is released once', () => {
    const streams = new OpenStreams(2, 'exports');
    const [first, second] = [streams.acquire('one'), streams.acquire('two')];
    expect(() => streams.acquire('three')).toThrow(
      'Too many exports are under way. Try again in a few seconds.',
    );
    first();
    first();
    const third = streams.acquire('three');
    expect(() => streams.acquire('one')).toThrow(expect.objectContaining({ status: 429, code: 'busy' }));
    second();
    third();
    streams.acquire('one');
    streams.acquire('two');
    expect(() => streams.acquire('three')).toThrow('Too many');
  });

  it.each([
    [2, 1],
    [3, 2],
    [4, 3],
    [32, 24],
    [1000, 750],
  ])('of %i go to one caller up to %i, and the rest to others', (limit, share) => {
    const streams = new OpenStreams(limit, 'exports');
    const releases = Array.from({ length: share }, () => streams.acquire('greedy'));
    const refuse = (): unknown => streams.acquire('greedy');
    expect(refuse).toThrow(
      `This caller has ${share} exports under way, the most that one may have. Try again when one has ended.`,
    );
    expect(refuse).toThrow(expect.objectContaining({ status: 429, code: 'busy' }));
    for (let other = share; other < limit; other += 1) streams.acquire(`other ${other}`);
    expect(() => streams.acquire('late')).toThrow('Too many exports are under way.');
    releases[0]?.();
    expect(() => streams.acquire('greedy')).not.toThrow();
  });

  it('of one go to any caller, one at a time', () => {
    const streams = new OpenStreams(1, 'exports');
    const release = streams.acquire('one');
    expect(() => streams.acquire('one')).toThrow('Too many exports');
    release();
    expect(() => streams.acquire('other')).not.toThrow();
  });

  it('do not exist if the limit is zero', () => {
    expect(() => new OpenStreams(0, 'event streams').acquire('one')).toThrow('Too many event streams');
  });
});
