import { createHash } from 'node:crypto';

/** A replacement of a part of a source text: `from` inclusive, `to` exclusive. */
export interface Edit {
  /** What was changed, in one or two words: "condition", "SQL lock". */
  readonly kind: string;
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** One fault put into one source file. */
export interface Mutant extends Edit {
  /** Stays the same when other lines of the file move. */
  readonly id: string;
  /** Path from the root of the repository, with `/`. */
  readonly file: string;
  readonly line: number;
  readonly before: string;
}

/** Gives edits of a file their ids and lines. Two equal edits of equal texts are told apart by their order. */
export function toMutants(file: string, source: string, edits: readonly Edit[]): Mutant[] {
  const seen = new Map<string, number>();
  return edits
    .filter(({ from, to, text }) => source.slice(from, to) !== text)
    .toSorted((one, other) => one.from - other.from || one.to - other.to)
    .map((edit) => {
      const before = source.slice(edit.from, edit.to);
      const lines = source.slice(0, edit.from).split('\n');
      const context = source.slice(edit.from - (lines.at(-1)?.length ?? 0), edit.from).trim();
      const key = [file, edit.kind, context, before, edit.text].join('\0');
      const times = seen.get(key) ?? 0;
      seen.set(key, times + 1);
      const id = createHash('sha256').update(`${key}\0${times}`).digest('hex').slice(0, 12);
      return { ...edit, id, file, line: lines.length, before };
    });
}

export function applyEdit(source: string, { from, to, text }: Edit): string {
  return source.slice(0, from) + text + source.slice(to);
}
