import type { Fault } from '../../../http/errors/api-error.js';
import { costsMoreThan, MAX_MAIN_THREAD_COST } from '../../../http/bodies/json-cost.js';
import { readLines } from '../../../http/bodies/lines.js';
import type { CellFault } from '../../../http/bodies/sheet-fault.js';
import type { NewVisit, VisitRule } from '../new-visit.js';
import type { VisitBatch } from '../submission.js';

/** Most bytes of a line of NDJSON. */
export const MAX_LINE_BYTES = 4 * 1024 * 1024;

/** A visit has a few keys and up to 1,000 URLs. A line whose other fields take longer than these to parse is refused. */
const TOO_COMPLEX =
  'holds too many keys, lists and objects, or is nested too deeply: send only the fields of a visit';

/**
 * Reads a body of NDJSON, one visit a line. Its faults name lines, such as `Line 3: store_id`.
 *
 * @throws ApiError (`400`) for a line that is too long or not UTF-8
 */
export async function* readNdjson(body: AsyncIterable<Buffer>, rule: VisitRule): AsyncGenerator<VisitBatch> {
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

/** A fault that knows its line, and its field without that. */
function toLineFault(line: number, path: string, fault: Fault): CellFault {
  const field = fault.path.slice(`${path}: `.length);
  return { ...fault, cell: { row: line, column: field === '' ? null : field, value: null } };
}

/** Undefined for what is no JSON: no JSON text means that. */
function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
