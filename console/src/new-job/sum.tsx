import { IconAlertTriangle, IconCircleCheck, IconInfoCircle } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { words } from '../words.js';
import { type CheckResult, getFaultyRows } from './check.js';
import { type Draft, getRows } from './draft.js';

/** What can be submitted, in one sentence, and how many rows are fine. */
export function Sum({ draft, result }: { draft: Draft; result: CheckResult }): ReactNode {
  const faulty = getFaultyRows(result);
  const toFix = [...faulty].filter((row) => !draft.leftOut.has(row)).length;
  const fine = getRows(draft).filter(
    ({ number }) => !faulty.has(number) && !draft.leftOut.has(number),
  ).length;
  const toKnow = result.unknownStores.length;
  const [count, rest] =
    result.good === undefined
      ? [words.newJob.nothing, '']
      : words.newJob.canSubmit(result.good.visits, result.good.images);
  return (
    <section className="card row wrap sum" role="status">
      <p className="grow">
        <span className="sum-count">{count}</span> {rest}
      </p>
      {result.good !== undefined && (
        <span className="badge good">
          <IconCircleCheck size={16} aria-hidden />
          {words.newJob.fine(fine)}
        </span>
      )}
      {toKnow > 0 && (
        <span className="badge attention">
          <IconInfoCircle size={16} aria-hidden />
          {words.newJob.toKnow(toKnow)}
        </span>
      )}
      {toFix > 0 && (
        <span className="badge failed">
          <IconAlertTriangle size={16} aria-hidden />
          {words.newJob.toFix(toFix)}
        </span>
      )}
    </section>
  );
}
