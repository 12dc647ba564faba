import { describe, expect, it } from '@jest/globals';
import { instrument, listPlaces, getPlace } from '../scripts/mutation/instrument.ts';
import { listMutants } from '../scripts/mutation/list-mutants.ts';
import { applyEdit } from '../scripts/mutation/mutant.ts';

/** The source after each mutant of a kind. */
function mutated(source: string, kind?: string): string[] {
  return listMutants('src/a.ts', source)
    .filter((mutant) => kind === undefined || mutant.kind === kind)
    .map((mutant) => applyEdit(source, mutant));
}

const getSql = (sql: string, kind: string): string[] =>
  mutated(`const s = \`${sql}\`;`, `SQL ${kind}`).map((source) => source.slice(11, -2));

describe('the mutants of code', () => {
  it.each([
    ['if (a) b();', 'condition', ['if (false) b();', 'if (true) b();']],
    ['if (a) throw b;', 'condition', ['if (false) throw b;']],
    ['x = a && b;', 'part of a condition', ['x = a;', 'x = b;']],
    ['x = a ?? b;', 'part of a condition', ['x = a;']],
    ['x = a < 5;', 'operator', ['x = a <= 5;']],
    ['x = a < 5;', 'number', ['x = a < 6;']],
    ['const WAIT_MS = 5_000;', 'number', ['const WAIT_MS = 5_000 * 10;']],
    ['await a();', 'await', ['void a();']],
    ['await a();', 'statement', [';']],
    ['throw a;', 'throw', [';']],
    ['x = [].some(f);', 'method', ['x = [].every(f);']],
    ['function f(): boolean { return a; }', 'result', ['function f(): boolean { return !(a); }']],
    [
      'async function f(): Promise<A[]> { return a; }',
      'result',
      ['async function f(): Promise<A[]> { return []; }'],
    ],
  ])('%s: %s', (source, kind, expected) => {
    expect(mutated(source, kind)).toEqual(expected);
  });

  it.each([
    'this.logger.warn({ a: 1 < 2 });',
    "import { a } from 'b';",
    'type A = 5;',
    "x = 'a' + b;",
    '@A(5) class B {}',
  ])('leave as it is: %s', (source) => {
    expect(mutated(source).filter((text) => text !== ';')).toEqual([]);
  });

  it('keep their ids when other lines come before them', () => {
    const ids = (source: string): string[] => listMutants('src/a.ts', source).map(({ id }) => id);
    const source = 'if (a) b();\nif (a) b();\n';
    expect(new Set(ids(source)).size).toBe(ids(source).length);
    expect(ids(`// A comment.\n${source}`)).toEqual(ids(source));
  });
});

describe('the mutants of SQL', () => {
  it.each([
    ['SELECT a FROM t WHERE b = $1 FOR UPDATE', 'lock', ['SELECT a FROM t WHERE b = $1']],
    [
      'SELECT a FROM t WHERE b = $1 AND c > $2 FOR UPDATE',
      'condition',
      [
        'SELECT a FROM t WHERE ((b = $1) OR TRUE) AND c > $2 FOR UPDATE',
        'SELECT a FROM t WHERE b = $1 AND ((c > $2) OR TRUE) FOR UPDATE',
      ],
    ],
    ['SELECT a FROM t WHERE b >= $1', 'operator', ['SELECT a FROM t WHERE b > $1']],
    [
      'UPDATE s.t SET a = a + 1, b = $2 WHERE c',
      'assignment',
      [
        'UPDATE s.t SET a = CASE WHEN TRUE THEN t.a ELSE a + 1 END, b = $2 WHERE c',
        'UPDATE s.t SET a = a + 1, b = CASE WHEN TRUE THEN t.b ELSE $2 END WHERE c',
      ],
    ],
    [
      'SELECT coalesce(a.b, c.d) FROM t',
      'coalesce',
      ['SELECT coalesce(CASE WHEN FALSE THEN a.b END, c.d) FROM t', 'SELECT coalesce( c.d, a.b) FROM t'],
    ],
    ['SELECT a FROM t ORDER BY a LIMIT 1', 'order', ['SELECT a FROM t LIMIT 1']],
    ['INSERT INTO t (a) VALUES ($1) ON CONFLICT DO NOTHING', 'conflict', ['INSERT INTO t (a) VALUES ($1)']],
  ])('%s: %s', (sql, kind, expected) => {
    expect(getSql(sql, kind)).toEqual(expected);
  });
});

describe('the record of what runs', () => {
  const SOURCE = 'function f(a) {\n  if (a) g(() => a + 1);\n  return a;\n}\n';

  it('notes each statement and each short function', () => {
    expect(instrument('a.ts', SOURCE).replaceAll('globalThis.mutationRan?.("a.ts", ', 'ran(')).toBe(
      'function f(a) {\n  { ran(0); }if (a) g(() => (ran(1), (a + 1)));\n  { ran(2); }return a;\n}\n',
    );
  });

  it('finds the innermost of them around a change', () => {
    const places = listPlaces('a.ts', SOURCE);
    const at = SOURCE.indexOf('+ 1');
    expect([getPlace(places, at, at + 1), getPlace(places, 0, 8)]).toEqual([1, -1]);
  });
});
