/**
 * SQLSTATE classes and codes of errors that the statement did not cause. The same statement succeeds once the
 * database is reachable, writable and less busy.
 */
const UNAVAILABLE_SQLSTATE = new RegExp(
  `^(${[
    '08...', // The connection failed.
    '57P0[1235]', // The server shuts down, crashed, starts, or ended an idle session.
    '53...', // The server has no connection, memory or disk left.
    '28...', // The server refuses the role or password, for example while the password is being changed.
    '3D000', // The database does not exist, for example while it is being restored.
    '42501', // The role lacks a privilege, for example while an operator changes them.
    '25006', // The server is a standby, or read-only.
    '40001', // A serialization failure, or a standby cancelled the statement.
    '40P01', // A deadlock.
    '55P03', // A lock was not available in time.
    '57014', // The statement timed out or was cancelled.
    '25P0[34]', // The transaction was idle or open for too long.
  ].join('|')})$`,
);
const UNAVAILABLE_ERRNO = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ENOTFOUND',
  'ETIMEDOUT',
  'EAI_AGAIN',
  'ENOENT',
]);
/** TypeORM reports a connection that broke between two statements as a released query runner. */
const UNAVAILABLE_MESSAGE =
  /connection terminated|^timeout expired$|timeout exceeded when trying to connect|client has encountered a connection error|client was closed and is not queryable|query runner (was )?already released/i;

/** SQLSTATE of a write to a standby, or to a read-only database. */
export const READ_ONLY = '25006';
/** SQLSTATEs after which the same transaction may succeed at once: serialization failure, deadlock. */
const REPEATABLE: ReadonlySet<string> = new Set(['40001', '40P01', READ_ONLY]);

/**
 * Whether the database cannot serve now (it is down, read-only, overloaded, or refuses the role), rather than
 * the statement being wrong. The same work succeeds later.
 */
export function isDatabaseOutage(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const cause = findCause(error);
  if (cause !== undefined && isDatabaseOutage(cause)) return true;
  const code = getCode(error);
  return (
    UNAVAILABLE_ERRNO.has(code) || UNAVAILABLE_SQLSTATE.test(code) || UNAVAILABLE_MESSAGE.test(error.message)
  );
}

/** Whether the database refused to write because it is a standby or read-only. */
export function isReadOnlyRefusal(error: unknown): boolean {
  return getSqlState(error) === READ_ONLY;
}

/** Whether a failed transaction, which was rolled back, may succeed if it is run again at once. */
export function isRepeatable(error: unknown): boolean {
  return REPEATABLE.has(getSqlState(error));
}

/** The SQLSTATE or code of the driver's error, or of this error; '' without one. */
export function getSqlState(error: unknown): string {
  if (!(error instanceof Error)) return '';
  return getCode(findCause(error) ?? error);
}

/** TypeORM stores the driver's error in its own field. */
function findCause(error: Error): Error | undefined {
  const cause = 'driverError' in error ? error.driverError : error.cause;
  return cause instanceof Error && cause !== error ? cause : undefined;
}

function getCode(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : '';
}
