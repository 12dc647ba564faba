import { describe, expect, it } from '@jest/globals';
import { expandEntities, readEntity } from './svg-entities.js';

const declared = (text: string): Map<string, string> => {
  const entities = new Map<string, string>();
  for (let at = text.indexOf('<'); at !== -1; at = text.indexOf('<', at + 1)) readEntity(text, at, entities);
  return entities;
};

describe('an entity', () => {
  it.each([
    ['<!ENTITY w "24">', { w: '24' }],
    ["<!ENTITY\n\tw\r '24' >", { w: '24' }],
    ['<!ENTITY w "24"><!ENTITY w "25">', { w: '24' }],
    ['<!ENTITY é "24">', { é: '24' }],
    ['<!ENTITY % w "24">', {}],
    ['<!ENTITY w SYSTEM "24">', {}],
    ['<!ENTITY w "24" NDATA gif>', {}],
    ['<!ENTITYw "24">', {}],
    ['<!ENTITY w 24>', {}],
    ['<!ELEMENT w "24">', {}],
  ])('is declared, or is not, by %j', (text, entities) => {
    expect(Object.fromEntries(declared(text))).toEqual(entities);
  });

  it('is one of at most 256', () => {
    const text = Array.from({ length: 300 }, (_, index) => `<!ENTITY e${index} "${index}">`).join('');
    expect([declared(text).size, declared(text).has('e255')]).toEqual([256, true]);
  });
});

describe('a value', () => {
  const entities = new Map([
    ['w', '24'],
    ['unit', 'p&x;'],
    ['x', '&#120;'],
    ['loop', '&loop;'],
    ['lol', '&w;'.repeat(1_000)],
    ['lots', '&lol;'.repeat(1_000)],
    ['nothing', ''],
    ['none', '&nothing;'.repeat(5_000)],
    ['never', '&none;'.repeat(5_000)],
  ]);

  it.each([
    ['&w;', '24'],
    ['&w;&unit;', '24px'],
    ['1&#48;&#x30;', '100'],
    ['&lt;&gt;&amp;&quot;&apos;', '<>&"\''],
    ['&nothing;', ''],
    ['24', '24'],
    ['&', '&'],
    ['& w;', '& w;'],
  ])('has what its references stand for: %j', (value, expanded) => {
    expect(expandEntities(value, entities)).toBe(expanded);
  });

  it.each(['&other;', '&loop;', '&lots;', '&never;', '&#1114112;', '&#xffffff;', '&w;&other;'])(
    'stays as it is written where they stand for nothing, or for too much: %j',
    (value) => {
      expect(expandEntities(value, entities)).toBe(value);
    },
  );

  it('may have entities in each other up to a depth', () => {
    const chain = new Map<string, string>(
      Array.from({ length: 20 }, (_, index) => [`e${index}`, `&e${index + 1};`] as const),
    );
    chain.set('e7', '24');
    expect(expandEntities('&e0;', chain)).toBe('24');
    chain.set('e7', '&e8;');
    chain.set('e12', '24');
    expect(expandEntities('&e0;', chain)).toBe('&e0;');
  });
});
