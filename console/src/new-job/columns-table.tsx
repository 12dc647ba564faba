import { NativeSelect } from '@mantine/core';
import { IconAlertTriangle, IconArrowRight, IconCircleCheck } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { type Field, FIELDS } from '../sheet/fields.js';
import { MAX_FURTHER_COLUMNS } from '../sheet/guess-fields.js';
import { type Column, getHeading } from '../sheet/table.js';
import { words } from '../words.js';
import { type Draft, type DraftChange, getColumns, getRows } from './draft.js';

const OPTIONS = FIELDS.map((field) => ({ value: field, label: words.newJob.fields[field] }));

export interface ColumnsTableProps {
  readonly draft: Draft;
  readonly onChange: (change: DraftChange) => void;
}

/** Each column of the sheet: its values, what it becomes, and what is odd about it. */
export function ColumnsTable({ draft, onChange }: ColumnsTableProps): ReactNode {
  const { columns } = words.newJob;
  const tooMany = getColumns(draft, 'metadata').length > MAX_FURTHER_COLUMNS;
  return (
    <div className="card columns-card">
      <table className="columns">
        <thead>
          <tr>
            <th scope="col">{columns.column}</th>
            <th scope="col">{columns.values}</th>
            <th scope="col">{columns.becomes}</th>
            <th scope="col">{columns.check}</th>
          </tr>
        </thead>
        <tbody>
          {draft.table.columns.map((column) => (
            <ColumnRow key={column.index} draft={draft} column={column} onChange={onChange} />
          ))}
        </tbody>
      </table>
      {tooMany && <p className="attention columns-note">{words.newJob.tooMany(MAX_FURTHER_COLUMNS)}</p>}
    </div>
  );
}

function ColumnRow({
  draft,
  column,
  onChange,
}: {
  draft: Draft;
  column: Column;
  onChange: (change: DraftChange) => void;
}): ReactNode {
  const heading = getHeading(column);
  const field = draft.matching[column.index] ?? 'none';
  return (
    <tr className={field === 'none' ? 'columns-out' : undefined}>
      <th scope="row" className="columns-heading">
        <span className="cut">{heading}</span>
        {column.isHidden && <span className="third">{words.newJob.hidden}</span>}
      </th>
      <td className="second columns-values">
        <span className="cut">{column.examples.join(', ')}</span>
        <IconArrowRight size={16} aria-hidden className="columns-arrow" />
      </td>
      <td>
        <NativeSelect
          aria-label={words.newJob.becomes(heading)}
          data={OPTIONS}
          value={field}
          onChange={(event) => {
            const next = FIELDS.find((each) => each === event.currentTarget.value);
            if (next !== undefined) onChange({ type: 'field', column: column.index, field: next });
          }}
        />
      </td>
      <td className="columns-check">
        <ColumnCheck draft={draft} column={column.index} field={field} />
      </td>
    </tr>
  );
}

/** What can be seen of a column without the server. */
function ColumnCheck({ draft, column, field }: { draft: Draft; column: number; field: Field }): ReactNode {
  if (field === 'metadata' || field === 'none' || field === 'visit')
    return <span className="third">{words.newJob.notChecked}</span>;
  const rows = getRows(draft);
  const values = rows.map(({ cells, links }) => (cells[column] ?? '').trim() || (links[column] ?? ''));
  const empty = values.filter((value) => value === '').length;
  if (field === 'reference' && empty === 0 && new Set(values).size === values.length)
    return <Good text={words.newJob.allDifferent} />;
  if (field === 'reference') return <span className="third">{words.newJob.notChecked}</span>;
  // A row may have its photos in another column.
  if (field === 'image_url' && getColumns(draft, 'image_url').length > 1)
    return <span className="third">{words.newJob.notChecked}</span>;
  if (empty === 0) return <Good text={words.newJob.allFilled} />;
  const text = field === 'image_url' ? words.newJob.noLink(empty) : words.newJob.empty(empty);
  return (
    <span className="badge attention">
      <IconAlertTriangle size={16} aria-hidden />
      {text}
    </span>
  );
}

function Good({ text }: { text: string }): ReactNode {
  return (
    <span className="badge good">
      <IconCircleCheck size={16} aria-hidden />
      {text}
    </span>
  );
}
