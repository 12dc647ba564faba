import { Checkbox, Radio, Select } from '@mantine/core';
import { IconInfoCircle, IconWorld } from '@tabler/icons-react';
import { type ReactNode, useMemo } from 'react';
import type { DateOrder } from '../sheet/times.js';
import { words } from '../words.js';
import { type Draft, type DraftChange, getColumns, getOrder, getOrderProof, getRows } from './draft.js';
import { listZones } from './zones.js';

export interface TimesCardProps {
  readonly draft: Draft;
  readonly onChange: (change: DraftChange) => void;
}

/** The time zone and the order of day and month, and what the page did by itself. */
export function TimesCard({ draft, onChange }: TimesCardProps): ReactNode {
  const zones = useMemo(() => listZones(draft.timeZone), [draft.timeZone]);
  const hidden = draft.table.rows.filter(({ isHidden }) => isHidden).length;
  const { guessedEncoding } = draft.workbook;
  return (
    <div className="times">
      <section className="card times-card" aria-labelledby="times-title">
        <h2 id="times-title">{words.newJob.timesTitle}</h2>
        <Select
          label={words.newJob.zone}
          description={words.newJob.zoneText}
          leftSection={<IconWorld size={16} aria-hidden />}
          data={zones}
          value={draft.timeZone}
          searchable
          allowDeselect={false}
          maxDropdownHeight={320}
          limit={60}
          onChange={(zone) => {
            if (zone !== null) onChange({ type: 'set', values: { timeZone: zone } });
          }}
        />
        <Order draft={draft} onChange={onChange} />
      </section>
      {hidden > 0 && (
        <div className="note">
          <IconInfoCircle size={18} aria-hidden className="running" />
          <div>
            <p>{words.newJob.hiddenRows(hidden)}</p>
            <Checkbox
              label={words.newJob.withHidden}
              checked={draft.withHiddenRows}
              onChange={(event) =>
                onChange({ type: 'set', values: { withHiddenRows: event.currentTarget.checked } })
              }
            />
          </div>
        </div>
      )}
      {draft.isRecalled && <Note text={words.newJob.recalled} />}
      {guessedEncoding !== undefined && <Note text={words.newJob.guessed(guessedEncoding)} />}
    </div>
  );
}

function Note({ text }: { text: string }): ReactNode {
  return (
    <div className="note">
      <IconInfoCircle size={18} aria-hidden className="running" />
      <p>{text}</p>
    </div>
  );
}

/** The order of day and month with its proof, where dates have one. */
function Order({ draft, onChange }: TimesCardProps): ReactNode {
  const { dates, dayFirst, monthFirst } = getOrderProof(draft);
  if (dates === 0) return null;
  const order = getOrder(draft);
  const isMixed = dayFirst > 0 && monthFirst > 0;
  const proof = Math.max(dayFirst, monthFirst);
  const text = isMixed ? words.newJob.mixed : proof > 0 ? words.newJob.proof(proof) : words.newJob.unproven;
  return (
    <Radio.Group
      label={words.newJob.order(findDate(draft))}
      description={text}
      value={order ?? ''}
      onChange={(value) => onChange({ type: 'order', order: toOrder(value) })}
    >
      <div className="times-orders">
        <Radio value="day_first" label={words.newJob.dayFirst} />
        <Radio value="month_first" label={words.newJob.monthFirst} />
      </div>
    </Radio.Group>
  );
}

function toOrder(value: string): DateOrder {
  return value === 'day_first' ? 'day_first' : 'month_first';
}

/** The first date of the sheet, as an example. */
function findDate(draft: Draft): string {
  const columns = [...getColumns(draft, 'visit_time'), ...getColumns(draft, 'visit_date')];
  for (const { cells } of getRows(draft))
    for (const column of columns) {
      const date = /^\s*(\d{1,2}[/.-]\d{1,2}[/.-]\d{4})/.exec(cells[column] ?? '')?.[1];
      if (date !== undefined) return date;
    }
  return '';
}
