import { type ReactNode, useEffect, useReducer, useRef } from 'react';
import { Navigate, useBlocker, useLocation, useNavigate } from 'react-router';
import { rememberFields } from '../sheet/guess-fields.js';
import type { Workbook } from '../sheet/sheet.js';
import { Ask } from '../ui/ask.js';
import { useTitle } from '../ui/use-title.js';
import { words } from '../words.js';
import { CheckStep } from './check-step.js';
import { ColumnsStep } from './columns-step.js';
import { changeDraft, createDraft, type Draft, type DraftChange } from './draft.js';
import { FileStep } from './file-step.js';
import { Steps } from './steps.js';
import './new-job.css';

type Change = DraftChange | { readonly type: 'open'; readonly workbook: Workbook };

function reduce(draft: Draft | undefined, change: Change): Draft | undefined {
  if (change.type === 'open') return createDraft(change.workbook);
  return draft === undefined ? undefined : changeDraft(draft, change);
}

/** From a spreadsheet to a job, in three steps. */
export function NewJobPage(): ReactNode {
  useTitle(words.newJob.title);
  const [draft, change] = useReducer(reduce, undefined);
  // Read by the navigation to the job, which comes before the next rendering.
  const isSubmitted = useRef(false);
  const navigate = useNavigate();
  const step = useLocation().pathname.split('/')[2];
  useAskBeforeUnload(draft !== undefined);
  const blocker = useBlocker(
    ({ nextLocation }) =>
      draft !== undefined && !isSubmitted.current && !/^\/new(\/|$)/.test(nextLocation.pathname),
  );

  return (
    <div className="new-job">
      <div className="page-head">
        <h1>{words.newJob.title}</h1>
        <Steps current={step === 'check' ? 2 : step === 'columns' ? 1 : 0} />
      </div>
      {step !== undefined && draft === undefined && <Navigate to="/new" replace />}
      {step === undefined && (
        <FileStep
          onOpen={(workbook) => {
            change({ type: 'open', workbook });
            void navigate('/new/columns');
          }}
        />
      )}
      {step === 'columns' && draft !== undefined && (
        <ColumnsStep
          draft={draft}
          onChange={change}
          onNext={() => {
            rememberFields(draft.table, draft.matching);
            void navigate('/new/check');
          }}
        />
      )}
      {step === 'check' && draft !== undefined && (
        <CheckStep
          draft={draft}
          onChange={change}
          onSubmitted={(jobId) => {
            isSubmitted.current = true;
            void navigate(`/jobs/${jobId}`, { replace: true, state: { isSubmitted: true } });
          }}
        />
      )}
      <Ask
        isOpen={blocker.state === 'blocked'}
        title={words.newJob.leave}
        text={words.newJob.leaveText}
        action={words.newJob.doLeave}
        onAction={() => blocker.proceed?.()}
        onClose={() => blocker.reset?.()}
      />
    </div>
  );
}

/** Lets the browser ask before the tab is closed. */
function useAskBeforeUnload(isNeeded: boolean): void {
  useEffect(() => {
    if (!isNeeded) return undefined;
    const ask = (event: BeforeUnloadEvent): void => event.preventDefault();
    addEventListener('beforeunload', ask);
    return () => removeEventListener('beforeunload', ask);
  }, [isNeeded]);
}
