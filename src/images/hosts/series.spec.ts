import { describe, expect, it } from '@jest/globals';
import { HostStalledError } from './deferral-errors.js';
import { type Flight, Series } from './series.js';

/** A series of images that records what was done with each. */
function getSeries(...urls: string[]) {
  const begun: string[] = [];
  const held: string[] = [];
  const flights: { readonly flight: Flight; readonly aborted: unknown[] }[] = [];
  const ends = new Map(urls.map((url) => [url, Promise.withResolvers<void>()]));
  const series = new Series(
    urls,
    (url, flight) => {
      begun.push(url);
      const aborted: unknown[] = [];
      flight.abort = (reason) => aborted.push(reason);
      flights.push({ flight, aborted });
      return ends.get(url)?.promise ?? Promise.resolve();
    },
    (url, { afterMs }) => {
      held.push(`${url} ${afterMs}`);
      return Promise.resolve();
    },
  );
  let hasEnded = false;
  void series.ended.then(
    () => (hasEnded = true),
    () => {},
  );
  return { series, begun, held, ends, flights, hasEnded: () => hasEnded };
}

const nextIteration = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('a series of images', () => {
  it('starts one for each slot, in their order, and returns whether there are more', async () => {
    const { series, begun, ends, hasEnded } = getSeries('1', '2', '3');
    expect([series.grant(), series.grant(), series.grant()]).toEqual([true, true, false]);
    expect(begun).toEqual(['1', '2', '3']);
    ends.get('2')?.resolve();
    ends.get('1')?.resolve();
    await nextIteration();
    expect(hasEnded()).toBe(false);
    ends.get('3')?.resolve();
    await expect(series.ended).resolves.toBeUndefined();
  });

  it('defers one for each slot that is sent back', async () => {
    const { series, begun, held, ends } = getSeries('1', '2', '3');
    series.grant();
    ends.get('1')?.resolve();
    expect([series.sendBack(new HostStalledError(7)), series.sendBack(new HostStalledError(8))]).toEqual([
      true,
      false,
    ]);
    await series.ended;
    expect([begun, held]).toEqual([['1'], ['3 7', '2 8']]);
  });

  it('leaves out those that wait when it is aborted, and ends with those that have begun', async () => {
    const { series, begun, ends, hasEnded } = getSeries('1', '2', '3');
    series.grant();
    series.abort();
    await nextIteration();
    expect(hasEnded()).toBe(false);
    ends.get('1')?.resolve();
    await series.ended;
    expect(begun).toEqual(['1']);
  });

  it('is deferred when its host does not answer, and a few requests go on', async () => {
    const { series, begun, held, ends, flights } = getSeries('1', '2', '3', '4');
    for (let n = 0; n < 3; n += 1) series.grant();
    expect(series.detach(new HostStalledError(5), 1)).toBe(1);
    series.sendBack(new HostStalledError(6));
    await series.ended;
    expect(begun).toEqual(['1', '2', '3']);
    expect(held).toEqual(['1 5', '2 5', '3 5', '4 6']);
    expect(flights.map(({ aborted, flight }) => [flight.isDetached, aborted.length])).toEqual([
      [true, 0],
      [true, 1],
      [true, 1],
    ]);
    ends.get('1')?.resolve();
    await nextIteration();
    expect(series.detach(new HostStalledError(5), 1)).toBe(0);
  });

  it('fails with the first error of one', async () => {
    const { series, ends } = getSeries('1', '2');
    series.grant();
    series.grant();
    const fault = new Error('cannot be written');
    ends.get('2')?.reject(fault);
    await expect(series.ended).rejects.toBe(fault);
  });
});
