/**
 * Finds the known name that needs the fewest insertions, deletions and replacements of characters, and of several such names the first of the most similar length. Returns undefined if all names need more than `maxEdits`.
 *
 * @param maxEdits the default is 2
 */
export function findNearestName(
  name: string,
  known: readonly string[],
  maxEdits: 1 | 2 = 2,
): string | undefined {
  return [1, 2]
    .slice(0, maxEdits)
    .map((edits) =>
      findMostSimilarLength(
        name,
        known.filter((candidate) => isWithin(edits, name, candidate)),
      ),
    )
    .find((nearest) => nearest !== undefined);
}

/** People swap characters more often than they leave out two: `form` is meant to be `from`, not `format`. */
function findMostSimilarLength(name: string, candidates: readonly string[]): string | undefined {
  const getDifference = (candidate: string): number => Math.abs(candidate.length - name.length);
  return candidates.toSorted((one, other) => getDifference(one) - getDifference(other))[0];
}

function isWithin(edits: number, from: string, to: string): boolean {
  if (edits < 0 || Math.abs(from.length - to.length) > edits) return false;
  const end = Math.min(from.length, to.length);
  let start = 0;
  while (start < end && from[start] === to[start]) start += 1;
  if (start === end) return true;
  const [rest, other] = [from.slice(start + 1), to.slice(start + 1)];
  return (
    isWithin(edits - 1, rest, other) ||
    isWithin(edits - 1, rest, to.slice(start)) ||
    isWithin(edits - 1, from.slice(start), other)
  );
}
