import { type CellFault, toCellFault } from '../../../http/bodies/sheet-fault.js';
import type { SheetColumn } from '../../../http/bodies/sheet-header.js';
import {
  countMetadataCharacters,
  findSizeFault,
  MAX_METADATA_VALUE_LENGTH,
  type Metadata,
  metadataValue,
} from '../../metadata.rule.js';

const SEPARATOR = ' | ';

/** The texts of one further column in the rows of a visit. */
interface ColumnTexts {
  readonly column: SheetColumn;
  /** The cell that was read last, unchanged. */
  last: string;
  /** Distinct texts, in the order of the rows. */
  readonly texts: Set<string>;
  /** Whether a fault was reported. A column has at most one per visit. */
  isFaulty: boolean;
}

/** The metadata of one visit of a CSV file. The value of a further column is the distinct texts of its rows, joined by ` | `. */
export class VisitMetadata {
  private readonly columns: readonly ColumnTexts[];

  constructor(further: readonly SheetColumn[]) {
    this.columns = further.map((column) => ({ column, last: '', texts: new Set(), isFaulty: false }));
  }

  /** Adds a row and returns its faults. Empty cells are ignored. */
  add(row: number, record: readonly string[]): readonly CellFault[] {
    const faults: CellFault[] = [];
    for (const each of this.columns) {
      const cell = record[each.column.index] ?? '';
      if (cell === each.last || each.isFaulty) continue;
      each.last = cell;
      const text = cell.trim();
      if (text === '' || each.texts.has(text)) continue;
      const message = metadataValue(text) ?? findLengthFault([...each.texts, text]);
      if (typeof message === 'string') {
        each.isFaulty = true;
        faults.push(toCellFault(row, each.column.heading, text, message));
      } else each.texts.add(text);
    }
    return faults;
  }

  /** The fault of metadata that is too large as a whole. */
  findFaults(row: number): readonly CellFault[] {
    const metadata = this.toObject();
    // A character takes up to six bytes as JSON.
    if (metadata === null || countMetadataCharacters(metadata) < MAX_METADATA_VALUE_LENGTH) return [];
    const message = findSizeFault(metadata);
    if (message === undefined) return [];
    const [longest] = Object.entries(metadata).toSorted(([, one], [, other]) => other.length - one.length);
    const described = `and the other columns are metadata of the visit, which ${message}`;
    return [toCellFault(row, longest?.[0] ?? null, longest?.[1] ?? null, described)];
  }

  /** `Object.fromEntries` also accepts the heading `__proto__`, which an assignment would lose. */
  toObject(): Metadata | null {
    const filled = this.columns.filter(({ texts }) => texts.size > 0);
    if (filled.length === 0) return null;
    return Object.fromEntries(
      filled.map(({ column, texts }) => [column.heading, [...texts].join(SEPARATOR)]),
    );
  }
}

function findLengthFault(texts: readonly string[]): string | undefined {
  if (texts.length === 1) return undefined;
  const message = metadataValue(texts.join(SEPARATOR));
  return typeof message === 'string'
    ? `and the texts of the visit's rows before, joined, ${toPlural(message)}`
    : undefined;
}

/** Changes the message of one value to that of several. */
function toPlural(message: string): string {
  return message.replace(/^has /, 'have ');
}
