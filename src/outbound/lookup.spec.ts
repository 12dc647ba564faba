import type { LookupAddress, LookupAllOptions } from 'node:dns';
import { describe, expect, it } from '@jest/globals';
import { type LookupAll, sharedLookup, systemLookup } from './lookup.js';

const ADDRESS: LookupAddress = { address: '192.0.2.1', family: 4 };

/** A name server that answers when the test says so. */
class NameServer {
  readonly questions: string[] = [];
  private readonly answers: (() => void)[] = [];

  readonly lookup: LookupAll = (hostname, _options, done) => {
    if (hostname === 'refused.test') throw new Error('refused');
    this.questions.push(hostname);
    this.answers.push(() =>
      hostname === 'nowhere.test'
        ? done(Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' }), [])
        : done(null, [ADDRESS]),
    );
  };

  answer(): void {
    for (const answer of this.answers.splice(0)) answer();
  }
}

describe('a look-up of names that is shared', () => {
  function asking(): {
    server: NameServer;
    ask: (name: string, options?: Partial<LookupAllOptions>) => void;
    told: unknown[];
  } {
    const server = new NameServer();
    const lookup = sharedLookup(server.lookup);
    const told: unknown[] = [];
    return {
      server,
      told,
      ask: (name, options = {}) =>
        lookup(name, { ...options, all: true }, (error, addresses) => told.push(error?.code ?? addresses)),
    };
  }

  it('makes one look-up of a name for all callers', () => {
    const { server, ask, told } = asking();
    ask('a.test');
    ask('a.test');
    ask('b.test');
    ask('a.test');
    expect(server.questions).toEqual(['a.test', 'b.test']);
    expect(told).toEqual([]);
    server.answer();
    expect(told).toEqual([[ADDRESS], [ADDRESS], [ADDRESS], [ADDRESS]]);
  });

  it('makes a new look-up after an answer, because the address may have changed', () => {
    const { server, ask, told } = asking();
    ask('a.test');
    server.answer();
    ask('a.test');
    expect(server.questions).toEqual(['a.test', 'a.test']);
    server.answer();
    expect(told).toHaveLength(2);
  });

  it('fails for all callers if a name does not exist, and makes a new look-up after that', () => {
    const { server, ask, told } = asking();
    ask('nowhere.test');
    ask('nowhere.test');
    server.answer();
    expect(told).toEqual(['ENOTFOUND', 'ENOTFOUND']);
    ask('nowhere.test');
    expect(server.questions).toHaveLength(2);
  });

  it('makes a new look-up for a name that was refused at once', () => {
    const { ask } = asking();
    expect(() => ask('refused.test')).toThrow('refused');
    expect(() => ask('refused.test')).toThrow('refused');
  });

  it('is another one for addresses of another kind', () => {
    const { server, ask } = asking();
    ask('a.test');
    ask('a.test', { family: 4 });
    ask('a.test', { family: 6 });
    ask('a.test', { family: 6 });
    expect(server.questions).toHaveLength(3);
  });
});

it('the names of the system are looked up', async () => {
  const addresses = await new Promise<LookupAddress[]>((resolve, reject) => {
    systemLookup('localhost', { all: true }, (error, found) => (error ? reject(error) : resolve(found)));
  });
  expect(addresses.map(({ address }) => address)).toEqual(
    expect.arrayContaining([expect.stringMatching(/^(127\.|::1$)/)]),
  );
});
