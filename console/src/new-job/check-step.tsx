import { Button, Loader, TextInput } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useRef } from 'react';
import { Link } from 'react-router';
import { useSession } from '../session/session.js';
import { Fault } from '../ui/fault.js';
import { randomId } from '../ui/random-id.js';
import { saveFile } from '../ui/save-file.js';
import { words } from '../words.js';
import { type CheckResult, getFaultyRows } from './check.js';
import type { Draft, DraftChange } from './draft.js';
import { Faults } from './faults.js';
import { FileLine } from './file-line.js';
import { Foot } from './foot.js';
import { toLeftOutCsv } from './left-out.js';
import { Sum } from './sum.js';
import { toCsv } from './to-csv.js';
import { useCheck } from './use-check.js';

export interface CheckStepProps {
  readonly draft: Draft;
  readonly onChange: (change: DraftChange) => void;
  readonly onSubmitted: (jobId: string) => void;
}

/** What the server says about each row, and the submission. */
export function CheckStep({ draft, onChange, onSubmitted }: CheckStepProps): ReactNode {
  const check = useCheck(draft);
  const { result } = check;
  return (
    <>
      <FileLine draft={draft} />
      {check.error !== null && (
        <div className="card">
          <Fault error={check.error} onRetry={check.again} />
        </div>
      )}
      {check.error === null && result === undefined && (
        <p className="card row checking" role="status">
          <Loader size="sm" /> {words.newJob.checking}
        </p>
      )}
      {result !== undefined && (
        <>
          <Sum draft={draft} result={result} />
          <Faults draft={draft} result={result} onChange={onChange} />
        </>
      )}
      <Foot>
        <Button component={Link} to="/new/columns" variant="default">
          {words.newJob.back}
        </Button>
        {result !== undefined && check.changes > 0 && (
          <>
            <span className="grow" />
            <Button onClick={check.again}>{words.newJob.recheck(check.changes)}</Button>
          </>
        )}
        {result !== undefined && check.changes === 0 && (
          <Submit draft={draft} result={result} onChange={onChange} onSubmitted={onSubmitted} />
        )}
      </Foot>
    </>
  );
}

interface SubmitProps extends CheckStepProps {
  readonly result: CheckResult;
}

function Submit({ draft, result, onChange, onSubmitted }: SubmitProps): ReactNode {
  const { client } = useSession();
  const queries = useQueryClient();
  // A second click, or a second attempt after a broken connection, makes no second job.
  const idempotencyKey = useRef(randomId());
  const excluded = new Set([...draft.leftOut, ...getFaultyRows(result)]);
  const submit = useMutation({
    mutationFn: () =>
      client.jobs.submitFile(
        { type: 'text/csv', content: toCsv(draft, excluded).text },
        { time_zone: draft.timeZone, reference: draft.name.trim() === '' ? undefined : draft.name.trim() },
        { idempotencyKey: idempotencyKey.current },
      ),
    onSuccess: async ({ job_id: jobId }) => {
      onSubmitted(jobId);
      await queries.invalidateQueries({ queryKey: ['jobs'] });
    },
  });
  return (
    <>
      <label className="row new-job-name">
        <span className="strong">{words.newJob.name}</span>
        <TextInput
          maxLength={200}
          value={draft.name}
          onChange={(event) => {
            // Another name is another submission.
            idempotencyKey.current = randomId();
            onChange({ type: 'set', values: { name: event.currentTarget.value } });
          }}
        />
      </label>
      {submit.isError && (
        <span className="failed" role="alert">
          {submit.error.message}
        </span>
      )}
      <span className="grow" />
      {excluded.size > 0 && (
        <Button
          variant="default"
          leftSection={<IconDownload size={16} />}
          onClick={() => saveFile(toLeftOutCsv(draft, result, excluded), `${draft.name}-left-out.csv`)}
        >
          {words.newJob.rowsLeftOut}
        </Button>
      )}
      {result.good !== undefined && (
        <Button loading={submit.isPending} onClick={() => submit.mutate()}>
          {words.newJob.submit(result.good.visits, excluded.size)}
        </Button>
      )}
    </>
  );
}
