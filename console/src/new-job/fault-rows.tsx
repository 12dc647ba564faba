import { Button, TextInput } from '@mantine/core';
import { IconAlertTriangle, IconTrash } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { toSentence } from '../causes.js';
import type { SheetRow } from '../sheet/sheet.js';
import { formatNumber } from '../ui/formats.js';
import { words } from '../words.js';
import type { FaultKind, RowFault } from './check.js';
import type { Draft, DraftChange, Mendable } from './draft.js';
import { type ReadRow, toReader } from './to-csv.js';

/** More rows than these are not mended by hand. */
const SHOWN = 200;

export interface FaultRowsProps {
  readonly draft: Draft;
  readonly kind: FaultKind;
  readonly title: string;
  /** The column that can be mended; undefined for others. */
  readonly column: Mendable | undefined;
  readonly onChange: (change: DraftChange) => void;
}

/** The rows with a kind of fault: the cell to mend, and what is wrong beside it. */
export function FaultRows({ draft, kind, title, column, onChange }: FaultRowsProps): ReactNode {
  const { faultColumns: columns } = words.newJob;
  const numbers = kind.faults.flatMap(({ row }) => row ?? []);
  const open = numbers.filter((row) => !draft.leftOut.has(row));
  const rows = new Map(draft.table.rows.map((row) => [row.number, row]));
  const toRead = toReader(draft);
  return (
    <section className="card faults-rows" aria-labelledby="faults-title">
      <div className="row wrap faults-head">
        <div className="grow">
          <h2 id="faults-title">{title}</h2>
          <p className="second">{words.newJob.mend}</p>
        </div>
        {open.length > 0 && (
          <Button
            variant="default"
            size="xs"
            leftSection={<IconTrash size={14} />}
            onClick={() => onChange({ type: 'leave_out', rows: open, isOut: true })}
          >
            {words.newJob.leaveOutAll(open.length)}
          </Button>
        )}
      </div>
      <div className="scroll-x" tabIndex={0} role="region" aria-labelledby="faults-title">
        <table>
          <thead>
            <tr>
              <th scope="col">{columns.row}</th>
              <th scope="col">{columns.store}</th>
              {column !== undefined && column !== 'store_id' && (
                <th scope="col">{words.newJob.fields[column]}</th>
              )}
              <th scope="col">{columns.wrong}</th>
              <th scope="col">
                <span className="visually-hidden">{words.newJob.leaveOut}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {kind.faults.slice(0, SHOWN).map((fault) => (
              <FaultRow
                key={`${fault.row ?? ''} ${fault.message}`}
                fault={fault}
                row={toReadRow(rows.get(fault.row ?? 0), toRead)}
                column={column}
                isOut={fault.row !== undefined && draft.leftOut.has(fault.row)}
                onChange={onChange}
              />
            ))}
          </tbody>
        </table>
      </div>
      {kind.faults.length > SHOWN && (
        <p className="second faults-more">{words.newJob.moreRows(kind.faults.length - SHOWN)}</p>
      )}
    </section>
  );
}

function toReadRow(row: SheetRow | undefined, toRead: (row: SheetRow) => ReadRow): ReadRow | undefined {
  return row === undefined ? undefined : toRead(row);
}

interface FaultRowProps {
  readonly fault: RowFault;
  readonly row: ReadRow | undefined;
  readonly column: Mendable | undefined;
  readonly isOut: boolean;
  readonly onChange: (change: DraftChange) => void;
}

function FaultRow({ fault, row, column, isOut, onChange }: FaultRowProps): ReactNode {
  const number = row?.number;
  const cell = column !== undefined && row !== undefined && (
    <td>
      <TextInput
        className="faults-cell"
        error={!isOut}
        disabled={isOut}
        aria-label={words.newJob.cell(words.newJob.fields[column], row.number)}
        leftSection={<IconAlertTriangle size={16} aria-hidden />}
        value={getText(row, column)}
        onChange={(event) =>
          onChange({ type: 'edit', row: row.number, column, text: event.currentTarget.value })
        }
      />
    </td>
  );
  return (
    <tr className={isOut ? 'faults-out' : undefined}>
      <td className="second">{number === undefined ? words.unknown : formatNumber(number)}</td>
      {column === 'store_id' ? cell : <td className="strong">{row?.store_id}</td>}
      {column !== 'store_id' && cell}
      <td className="faults-message">{toSentence(fault.message)}</td>
      <td className="number">
        {number !== undefined && (
          <Button
            variant="subtle"
            size="compact-sm"
            onClick={() => onChange({ type: 'leave_out', rows: [number], isOut: !isOut })}
          >
            {isOut ? words.newJob.putBack : words.newJob.leaveOut}
          </Button>
        )}
      </td>
    </tr>
  );
}

function getText(row: ReadRow, column: Mendable): string {
  return column === 'image_url' ? row.image_urls.join(' ') : row[column];
}
