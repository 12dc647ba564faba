import ts from 'typescript';
import { parseSource } from './list-mutants.ts';

/** A place whose running is recorded: a statement, or the body of a short arrow function. */
export interface Place {
  readonly from: number;
  readonly to: number;
  /** It is an expression: the body of an arrow function. */
  readonly isBody: boolean;
}

/** The places of a file, in a fixed order: what contains another comes before it. */
export function listPlaces(file: string, source: string): Place[] {
  const parsed = parseSource(file, source);
  const places: Place[] = [];
  const visit = (node: ts.Node): void => {
    if (isPlace(node)) {
      places.push({ from: node.getStart(parsed), to: node.getEnd(), isBody: !ts.isStatement(node) });
    }
    ts.forEachChild(node, visit);
  };
  visit(parsed);
  return places;
}

/** The same code, which in addition notes each place when it runs. */
export function instrument(file: string, source: string): string {
  const inserts: { readonly at: number; readonly rank: number; readonly text: string }[] = [];
  for (const [index, { from, to, isBody }] of listPlaces(file, source).entries()) {
    const note = `globalThis.mutationRan?.(${JSON.stringify(file)}, ${index})`;
    inserts.push(
      { at: from, rank: index, text: isBody ? `(${note}, (` : `{ ${note}; }` },
      ...(isBody ? [{ at: to, rank: -index, text: '))' }] : []),
    );
  }
  let text = '';
  let last = 0;
  for (const insert of inserts.toSorted((one, other) => one.at - other.at || one.rank - other.rank)) {
    text += source.slice(last, insert.at) + insert.text;
    last = insert.at;
  }
  return text + source.slice(last);
}

/** The innermost place that contains a range; -1 where none does, as in the initial value of a field. */
export function getPlace(places: readonly Place[], from: number, to: number): number {
  return places.findLastIndex((place) => place.from <= from && to <= place.to);
}

function isPlace(node: ts.Node): boolean {
  const { parent } = node;
  if (parent === undefined) return false;
  if (ts.isArrowFunction(parent) && parent.body === node) return !ts.isBlock(node);
  if (!ts.isStatement(node) || ts.isBlock(node)) return false;
  if (ts.isFunctionDeclaration(node) || ts.isClassDeclaration(node) || ts.isInterfaceDeclaration(node))
    return false;
  if (ts.isTypeAliasDeclaration(node) || ts.isImportDeclaration(node) || ts.isExportDeclaration(node))
    return false;
  return ts.isBlock(parent) || ts.isCaseClause(parent) || ts.isDefaultClause(parent);
}
