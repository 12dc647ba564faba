import { describe, expect, it } from '@jest/globals';
import { OpenStreams } from './open-streams.js';

describe('places for streams', () => {
  it('are as many as they are, and each is given back once', () => {
    const streams = new OpenStreams(2, 'exports');
    const [first, second] = [streams.take(), streams.take()];
    expect(() => streams.take()).toThrow('Too many exports are under way. Try again in a few seconds.');
    first();
    first();
    const third = streams.take();
    expect(() => streams.take()).toThrow(expect.objectContaining({ status: 429, code: 'busy' }));
    second();
    third();
    streams.take();
    streams.take();
    expect(() => streams.take()).toThrow('Too many');
  });
});
