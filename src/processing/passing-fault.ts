import { isDatabaseOutage } from '../http/error-answer.js';

/** SQLSTATEs of what ends better the next time: serialisation, deadlock, lock timeout, statement timeout, idle session. */
const PASSING_SQLSTATE: ReadonlySet<string> = new Set(['40001', '40P01', '55P03', '57014', '25P03']);

/** Whether an error is nobody's fault: the database is out of reach or under load, and the same batch will do later. */
export function isPassingFault(error: unknown): boolean {
  if (isDatabaseOutage(error)) return true;
  if (!(error instanceof Error)) return false;
  const cause = 'driverError' in error ? error.driverError : error;
  return (
    cause instanceof Error &&
    'code' in cause &&
    typeof cause.code === 'string' &&
    PASSING_SQLSTATE.has(cause.code)
  );
}
