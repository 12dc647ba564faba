import { getMilliseconds, type ServerProcess } from './installation.ts';
import { median } from './report.ts';

/** Rows of a page. */
export const PAGE = 100;
const TIMES = 21;

/** The cursor behind so many rows of a list. */
export async function cursorBefore(server: ServerProcess, path: string, rows: number): Promise<string> {
  let cursor = '';
  for (let left = rows; left > 0;) {
    const limit = Math.min(left, 1_000);
    const answer = await fetch(`${server.origin}${path}?limit=${limit}${cursor && `&cursor=${cursor}`}`);
    const page = (await answer.json()) as { items: unknown[]; next_cursor: string };
    cursor = page.next_cursor;
    left -= page.items.length;
  }
  return cursor;
}

/** Milliseconds of a request, the median of many. */
export async function getTimes(server: ServerProcess, path: string): Promise<number> {
  const times: number[] = [];
  for (let n = 0; n < TIMES; n += 1) times.push(await getMilliseconds(server, path));
  return median(times);
}
