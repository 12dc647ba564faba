import { useQuery, useQueryClient } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext, useMemo, useState } from 'react';
import {
  createShelflineClient,
  type Me,
  type Scope,
  type ShelflineClient,
  ShelflineError,
} from 'shelfline-client';

const STORED_KEY = 'shelfline-key';

/** Whoever uses the page: the client with their key, and what it allows. */
export interface Session {
  readonly client: ShelflineClient;
  readonly me: Me;
  /** Whether the key has a scope. What it does not allow is not shown. */
  readonly can: (scope: Scope) => boolean;
  /** Forgets the key. */
  readonly signOut: () => void;
}

export type SessionState =
  | { readonly state: 'loading' }
  | { readonly state: 'unreachable'; readonly error: Error; readonly retry: () => void }
  | { readonly state: 'signed_out'; readonly wasRefused: boolean; readonly signIn: (key: string) => void }
  | { readonly state: 'signed_in'; readonly session: Session };

const SessionContext = createContext<Session | undefined>(undefined);

/** The session of a page that is shown only to people who are signed in. */
export function useSession(): Session {
  const session = useContext(SessionContext);
  if (session === undefined) throw new Error('There is no session here.');
  return session;
}

export function SessionProvider({ session, children }: { session: Session; children: ReactNode }): ReactNode {
  return <SessionContext value={session}>{children}</SessionContext>;
}

/** The key is kept for the browser session of this tab, and asks the server what it allows. */
export function useSessionState(): SessionState {
  const [key, setKey] = useState(() => sessionStorage.getItem(STORED_KEY));
  const queries = useQueryClient();
  const client = useMemo(
    () => createShelflineClient({ origin: location.origin, apiKey: key ?? undefined }),
    [key],
  );
  const me = useQuery({
    queryKey: ['me', key],
    queryFn: ({ signal }) => client.me({ signal }),
    staleTime: Infinity,
    retry: (count, error) => count < 2 && error instanceof ShelflineError && error.isTemporary,
  });

  return useMemo((): SessionState => {
    const change = (next: string | null): void => {
      if (next === null) sessionStorage.removeItem(STORED_KEY);
      else sessionStorage.setItem(STORED_KEY, next);
      queries.clear();
      setKey(next);
    };
    const { data, error, refetch } = me;
    if (data !== undefined) {
      const session: Session = {
        client,
        me: data,
        can: (scope) => data.scopes.includes(scope),
        signOut: () => change(null),
      };
      return { state: 'signed_in', session };
    }
    if (error === null) return { state: 'loading' };
    if (error instanceof ShelflineError && (error.status === 401 || error.status === 403))
      return { state: 'signed_out', wasRefused: key !== null, signIn: change };
    return { state: 'unreachable', error, retry: () => void refetch() };
  }, [client, key, me, queries]);
}
