import { QueryClient } from '@tanstack/react-query';
import { ShelflineError } from 'shelfline-client';

/** How often something that failed for a time is loaded again, in milliseconds. */
const RECOVERY_MS = 5_000;

/** Whether the same request may succeed later. */
export function isTemporary(error: unknown): boolean {
  return error instanceof ShelflineError && error.isTemporary;
}

/** When a query is loaded again by itself: soon, if it failed for a time. */
export function getRecovery({ status, error }: { status: string; error: unknown }): number | false {
  return status === 'error' && isTemporary(error) ? RECOVERY_MS : false;
}

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      // A server in the same building answers without the internet.
      networkMode: 'always',
      retry: (count, error) => count < 1 && isTemporary(error),
      staleTime: 2_000,
      refetchInterval: ({ state }) => getRecovery(state),
    },
    mutations: { networkMode: 'always' },
  },
});
