/** A name with more edits than this is taken for another name, not for a misspelling. */
const MAX_EDITS = 2;

/** The known name that a name is at most two insertions, deletions and replacements away from: the nearest one. */
export function findNearestName(name: string, known: readonly string[]): string | undefined {
  const [nearest] = known
    .map((candidate) => ({ candidate, edits: countEdits(name, candidate) }))
    .toSorted((a, b) => a.edits - b.edits);
  return nearest !== undefined && nearest.edits <= MAX_EDITS ? nearest.candidate : undefined;
}

/** The Levenshtein distance of two names, one row of its matrix after the other. */
function countEdits(from: string, to: string): number {
  // A distance is never less than the difference of the lengths: names of any length cost little.
  if (Math.abs(from.length - to.length) > MAX_EDITS) return MAX_EDITS + 1;
  let row = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let index = 0; index < from.length; index += 1) {
    const next = [index + 1];
    for (let column = 0; column < to.length; column += 1) {
      const replaced = (row[column] ?? 0) + (from[index] === to[column] ? 0 : 1);
      next.push(Math.min((next[column] ?? 0) + 1, (row[column + 1] ?? 0) + 1, replaced));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
