import ts from 'typescript';
import { codeEdits } from './code-edits.ts';
import { type Mutant, toMutants } from './mutant.ts';
import { sqlEdits } from './sql-edits.ts';

/** All mutants of a source file, in the order of its text. */
export function listMutants(file: string, source: string): Mutant[] {
  const parsed = parseSource(file, source);
  return toMutants(file, source, [...codeEdits(parsed), ...sqlEdits(parsed)]);
}

export function parseSource(file: string, source: string): ts.SourceFile {
  return ts.createSourceFile(file, source, ts.ScriptTarget.ES2023, true, ts.ScriptKind.TS);
}
