import { useCallback, useMemo } from 'react';
import { useSearchParams } from 'react-router';

/** The filters that stand in the address, and a way to change some of them. A change replaces the entry in the history. */
export function useAddress(): readonly [
  URLSearchParams,
  (changes: Readonly<Record<string, string | null>>) => void,
] {
  const [parameters, setParameters] = useSearchParams();
  const change = useCallback(
    (changes: Readonly<Record<string, string | null>>) =>
      setParameters(
        (before) => {
          const after = new URLSearchParams(before);
          for (const [name, value] of Object.entries(changes)) {
            if (value === null || value === '') after.delete(name);
            else after.set(name, value);
          }
          return after;
        },
        { replace: true, preventScrollReset: true },
      ),
    [setParameters],
  );
  return useMemo(() => [parameters, change] as const, [parameters, change]);
}
