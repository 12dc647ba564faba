import { NativeSelect } from '@mantine/core';
import { IconFileSpreadsheet } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { words } from '../words.js';
import { type Draft, type DraftChange, getRows, getSheet } from './draft.js';

const MAX_HEADER_ROW = 20;

export interface FileLineProps {
  readonly draft: Draft;
  /** Whether the sheet and the header can be chosen. */
  readonly onChange?: (change: DraftChange) => void;
}

/** Which file, sheet and header the rows are from. */
export function FileLine({ draft, onChange }: FileLineProps): ReactNode {
  const { sheets } = draft.workbook;
  const sheet = getSheet(draft);
  const headerRows = (sheet?.rows ?? []).slice(0, MAX_HEADER_ROW).map(({ number }) => String(number));
  return (
    <div className="row wrap file-line">
      <IconFileSpreadsheet size={18} aria-hidden />
      <span className="strong">{draft.workbook.fileName}</span>
      {onChange !== undefined && sheets.length > 1 && (
        <label className="row second">
          {words.newJob.sheet}
          <NativeSelect
            size="xs"
            data={sheets.map(({ name }, index) => ({ label: name, value: String(index) }))}
            value={String(draft.sheetIndex)}
            onChange={(event) => onChange({ type: 'sheet', index: Number(event.currentTarget.value) })}
          />
        </label>
      )}
      <span className="second">{words.newJob.rowsOf(getRows(draft).length)}</span>
      {onChange !== undefined && (
        <label className="row second">
          {words.newJob.headerRow}
          <NativeSelect
            size="xs"
            data={headerRows}
            value={String(draft.table.headerRow)}
            onChange={(event) => onChange({ type: 'header', row: Number(event.currentTarget.value) })}
          />
        </label>
      )}
      <Link to="/new" className="second">
        {words.newJob.changeFile}
      </Link>
    </div>
  );
}
