import type { Fault } from '../../../http/errors/api-error.js';
import { costsMoreThan, MAX_MAIN_THREAD_COST } from '../../../http/bodies/json-cost.js';
import { readLines } from '../../../http/bodies/lines.js';
import type { CellFault } from '../../../http/bodies/sheet-fault.js';
import type { NewVisit, VisitRule } from '../new-visit.js';
import type { VisitChunk } from '../submission.js';

/** The maximum number of bytes of a line of NDJSON. */
export const MAX_LINE_BYTES = 4 * 1024 * 1024;

/** A line is refused if it takes longer to parse than a visit with 1,000 URLs. */
const TOO_COMPLEX =
  'holds too many keys, lists and objects, or is nested too deeply: send only the fields of a visit';

/**
 * Reads a body of NDJSON with one visit per line. The faults name lines, such as `Line 3: store_id`.
 *
 * @throws ApiError (`400`) if a line is too long or not UTF-8
 */
export async function* readNdjson(body: AsyncIterable<Buffer>, rule: VisitRule): AsyncGenerator<VisitChunk> {
  for await (const lines of readLines(body, MAX_LINE_BYTES)) {
    const visits: NewVisit[] = [];
    const faults: Fault[] = [];
    for (const { line, text } of lines) {
      const path = `Line ${line}`;
      if (costsMoreThan(text, MAX_MAIN_THREAD_COST)) {
        faults.push(toLineFault(line, path, { path, message: TOO_COMPLEX }));
        continue;
      }
      const raw = parseJson(text);
      const found: Fault[] = raw === undefined ? [{ path, message: 'is not valid JSON' }] : [];
      const visit = raw === undefined ? undefined : rule.parse(raw, path, ': ', found);
      for (const fault of found) faults.push(toLineFault(line, path, fault));
      if (visit !== undefined) visits.push(visit);
    }
    yield { visits, faults };
  }
}

/** Adds the row and the column of a fault, for the list of a dry run. */
function toLineFault(line: number, path: string, fault: Fault): CellFault {
  const field = fault.path.slice(`${path}: `.length);
  return { ...fault, cell: { row: line, column: field === '' ? null : field, value: null } };
}

/** Returns undefined for invalid JSON. No JSON text has that value. */
function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
