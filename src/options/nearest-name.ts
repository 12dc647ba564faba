/**
 * The closest known name within some insertions, deletions or replacements of a character; undefined where there is none.
 *
 * @param maxEdits 2 unless given
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
