/**
 * Finds the known name that needs the fewest insertions, deletions and replacements of characters. Returns undefined if all names need more than `maxEdits`.
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
    .map((edits) => known.find((candidate) => isWithin(edits, name, candidate)))
    .find((nearest) => nearest !== undefined);
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
