import { Loader, MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { lazy, type ReactNode, Suspense } from 'react';
import { createBrowserRouter, Navigate, type RouteObject } from 'react-router';
import { RouterProvider } from 'react-router/dom';
import type { Scope } from 'shelfline-client';
import { JobsPage } from './jobs/jobs-page.js';
import { getNonce } from './nonce.js';
import { queryClient } from './queries.js';
import { SessionProvider, useSession, useSessionState } from './session/session.js';
import { NotFound } from './shell/not-found.js';
import { Shell } from './shell/shell.js';
import { resolveVariables, theme } from './theme.js';
import { Fault } from './ui/fault.js';
import { Notice } from './ui/notice.js';
import { words } from './words.js';

// Loaded when they are opened.
const JobPage = lazy(async () => ({ default: (await import('./job/job-page.js')).JobPage }));
const SignIn = lazy(async () => ({ default: (await import('./session/sign-in.js')).SignIn }));
const NewJob = lazy(async () => ({ default: (await import('./new-job/new-job-page.js')).NewJobPage }));

const routes: RouteObject[] = [
  {
    element: <Shell />,
    children: [
      { path: '/', element: <Navigate to="/jobs" replace /> },
      { path: '/jobs', element: <Needs scope="read" page={<JobsPage />} /> },
      { path: '/jobs/:jobId', element: <Needs scope="read" page={<JobPage />} /> },

      { path: '/new/*', element: <Needs scope="submit" page={<NewJob />} /> },
      { path: '/sign-in', element: <Navigate to="/jobs" replace /> },
      { path: '*', element: <NotFound /> },
    ],
  },
];
const router = createBrowserRouter(routes);

/** The console: its theme, its data, and its pages. */
export function App(): ReactNode {
  return (
    <MantineProvider
      theme={theme}
      defaultColorScheme="auto"
      cssVariablesResolver={resolveVariables}
      getStyleNonce={getNonce}
    >
      <QueryClientProvider client={queryClient}>
        <Door />
      </QueryClientProvider>
    </MantineProvider>
  );
}

/** Shows the pages to those who are signed in, or to everybody where the server has no keys. */
function Door(): ReactNode {
  const state = useSessionState();
  switch (state.state) {
    case 'loading':
      return null;
    case 'unreachable':
      return (
        <main>
          <Fault error={state.error} onRetry={state.retry} />
        </main>
      );
    case 'signed_out':
      return (
        <Suspense>
          <SignIn wasRefused={state.wasRefused} onKey={state.signIn} />
        </Suspense>
      );
    case 'signed_in':
      return (
        <SessionProvider session={state.session}>
          <RouterProvider router={router} />
        </SessionProvider>
      );
  }
}

/** A page for keys that have a scope. */
function Needs({ scope, page }: { scope: Scope; page: ReactNode }): ReactNode {
  const { can } = useSession();
  if (!can(scope)) return <Notice title={words.fault.noScope}>{words.fault.noScopeText(scope)}</Notice>;
  return <Suspense fallback={<Loader aria-label="Loading" />}>{page}</Suspense>;
}
