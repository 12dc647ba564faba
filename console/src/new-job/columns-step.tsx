import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import type { Field } from '../sheet/fields.js';
import { words } from '../words.js';
import { ColumnsTable } from './columns-table.js';
import { type Draft, type DraftChange, getColumns, getOrder, getOrderProof, getRows } from './draft.js';
import { FileLine } from './file-line.js';
import { FirstRows } from './first-rows.js';
import { Foot } from './foot.js';
import { TimesCard } from './times-card.js';

export interface ColumnsStepProps {
  readonly draft: Draft;
  readonly onChange: (change: DraftChange) => void;
  readonly onNext: () => void;
}

/** What each column becomes, and how times are read. */
export function ColumnsStep({ draft, onChange, onNext }: ColumnsStepProps): ReactNode {
  const missing = findMissing(draft);
  const isOrderOpen = getOrderProof(draft).dates > 0 && getOrder(draft) === undefined && !isMixed(draft);
  const fault =
    missing.length > 0
      ? words.newJob.missing(toNames(missing))
      : isOrderOpen
        ? words.newJob.needOrder
        : undefined;
  return (
    <>
      <FileLine draft={draft} onChange={onChange} />
      <div className="columns-grid">
        <ColumnsTable draft={draft} onChange={onChange} />
        <TimesCard draft={draft} onChange={onChange} />
      </div>
      <FirstRows draft={draft} />
      <Foot>
        <Button component={Link} to="/new" variant="default">
          {words.newJob.back}
        </Button>
        <span className={fault === undefined ? 'second grow' : 'attention grow'} role="status">
          {fault ?? words.newJob.matched}
        </span>
        <Button disabled={fault !== undefined} onClick={onNext}>
          {words.newJob.check(getRows(draft).length)}
        </Button>
      </Foot>
    </>
  );
}

/** The fields that a job needs and no column becomes. */
function findMissing(draft: Draft): Field[] {
  const has = (field: Field): boolean => getColumns(draft, field).length > 0;
  const missing: Field[] = [];
  if (!has('store_id')) missing.push('store_id');
  if (!has('visit_time') && !(has('visit_date') && has('time_of_day'))) missing.push('visit_time');
  if (!has('image_url')) missing.push('image_url');
  return missing;
}

function toNames(fields: readonly Field[]): string {
  return fields.map((field) => words.newJob.fields[field]).join(', ');
}

/** Whether dates prove both orders, so that no choice fits them all. */
export function isMixed(draft: Draft): boolean {
  const { dayFirst, monthFirst } = getOrderProof(draft);
  return dayFirst > 0 && monthFirst > 0;
}
