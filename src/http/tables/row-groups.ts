import { yieldToEventLoop } from '../yield-to-event-loop.js';

/** Characters of rows in one group, exceeded by at most one row. */
const GROUP_CHARACTERS = 131_072;
/** Rows in one group. */
const GROUP_ROWS = 250;

/**
 * Splits parts of a list into groups that take some milliseconds to convert. Other requests are served between two groups.
 */
export async function* toRowGroups<Row>(
  parts: AsyncIterable<readonly Row[]>,
  countCharacters: (row: Row) => number,
): AsyncGenerator<readonly Row[]> {
  for await (const part of parts) {
    for (const group of split(part, countCharacters)) {
      yield group;
      if (group.length < part.length) await yieldToEventLoop();
    }
  }
}

function* split<Row>(part: readonly Row[], countCharacters: (row: Row) => number): Generator<readonly Row[]> {
  let from = 0;
  let characters = 0;
  for (const [index, row] of part.entries()) {
    characters += countCharacters(row);
    if (characters < GROUP_CHARACTERS && index + 1 - from < GROUP_ROWS) continue;
    yield part.slice(from, index + 1);
    from = index + 1;
    characters = 0;
  }
  if (from < part.length) yield part.slice(from);
}
