import { useQuery } from '@tanstack/react-query';
import { useCallback, useState } from 'react';
import { useSession } from '../session/session.js';
import { checkDraft, type CheckResult } from './check.js';
import type { Draft } from './draft.js';

let checks = 0;

function next(draft: Draft): { readonly id: number; readonly draft: Draft } {
  checks += 1;
  return { id: checks, draft };
}

export interface Check {
  readonly result: CheckResult | undefined;
  readonly error: Error | null;
  /** Changed rows that were not checked yet. */
  readonly changes: number;
  /** Checks the draft as it is now. */
  readonly again: () => void;
}

/** Checks a draft on the server when the step opens, and again when asked to. */
export function useCheck(draft: Draft): Check {
  const { client } = useSession();
  const [checked, setChecked] = useState(() => next(draft));
  const { data, error, refetch, isFetching } = useQuery({
    queryKey: ['check', checked.id],
    queryFn: ({ signal }) => checkDraft(client, checked.draft, signal),
    staleTime: Infinity,
    gcTime: 0,
    refetchOnWindowFocus: false,
    refetchInterval: false,
  });
  const again = useCallback(() => {
    if (error === null) setChecked(next(draft));
    else void refetch();
  }, [draft, error, refetch]);
  return {
    result: isFetching ? undefined : data,
    error: isFetching ? null : error,
    changes: countChanges(draft, checked.draft),
    again,
  };
}

function countChanges({ edits }: Draft, checked: Draft): number {
  return [...edits].filter(([row, edit]) => checked.edits.get(row) !== edit).length;
}
