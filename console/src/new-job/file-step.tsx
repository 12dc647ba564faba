import { Button, Loader } from '@mantine/core';
import { IconDownload, IconFileSpreadsheet } from '@tabler/icons-react';
import { type DragEvent, type ReactNode, useRef, useState } from 'react';
import { openFile } from '../sheet/open-file.js';
import { isEmptyRow, SheetError, type Workbook } from '../sheet/sheet.js';
import { saveFile } from '../ui/save-file.js';
import { words } from '../words.js';
import { SAMPLE_SHEET } from './sample-sheet.js';

const ACCEPTED =
  '.csv,.txt,.tsv,.xlsx,text/csv,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

/** Takes the spreadsheet, which is read in the browser. */
export function FileStep({ onOpen }: { onOpen: (workbook: Workbook) => void }): ReactNode {
  const input = useRef<HTMLInputElement>(null);
  const [isOver, setIsOver] = useState(false);
  const [isReading, setIsReading] = useState(false);
  const [error, setError] = useState<string>();

  const open = async (file: File | undefined): Promise<void> => {
    if (file === undefined) return;
    setError(undefined);
    setIsReading(true);
    try {
      const workbook = await openFile(file);
      const hasTable = workbook.sheets.some(({ rows }) => rows.filter((row) => !isEmptyRow(row)).length > 1);
      if (hasTable) onOpen(workbook);
      else setError(words.newJob.noTable);
    } catch (thrown) {
      if (!(thrown instanceof SheetError)) throw thrown;
      setError(thrown.message);
    } finally {
      setIsReading(false);
    }
  };
  const drop = (event: DragEvent): void => {
    event.preventDefault();
    setIsOver(false);
    void open(event.dataTransfer.files[0]);
  };

  return (
    <div
      className={isOver ? 'card drop drop-over' : 'card drop'}
      onDragOver={(event) => {
        event.preventDefault();
        setIsOver(true);
      }}
      onDragLeave={() => setIsOver(false)}
      onDrop={drop}
    >
      {isReading ? (
        <p className="row" role="status">
          <Loader size="sm" /> {words.newJob.reading}
        </p>
      ) : (
        <>
          <IconFileSpreadsheet size={40} stroke={1.4} aria-hidden className="running" />
          <h2>{words.newJob.drop}</h2>
          <p className="second">{words.newJob.dropText}</p>
          <div className="row wrap drop-buttons">
            <Button onClick={() => input.current?.click()}>{words.newJob.choose}</Button>
            <Button
              variant="default"
              leftSection={<IconDownload size={16} />}
              onClick={() => saveFile(new Blob([SAMPLE_SHEET], { type: 'text/csv' }), 'shelfline-sample.csv')}
            >
              {words.newJob.sample}
            </Button>
          </div>
          <input
            ref={input}
            type="file"
            accept={ACCEPTED}
            className="visually-hidden"
            tabIndex={-1}
            aria-label={words.newJob.choose}
            onChange={(event) => {
              void open(event.currentTarget.files?.[0]);
              // The same file can be chosen again.
              event.currentTarget.value = '';
            }}
          />
          {error !== undefined && (
            <p className="failed strong" role="alert">
              {error}
            </p>
          )}
        </>
      )}
    </div>
  );
}
