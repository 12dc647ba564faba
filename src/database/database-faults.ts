/**
 * SQLSTATE classes and codes of faults that are not the statement's: the same statement succeeds once the database is
 * reachable, writable and less busy again.
 */
const UNAVAILABLE_SQLSTATE = new RegExp(
  `^(${[
    '08...', // The connection failed.
    '57P0[1235]', // The server shuts down, crashed, starts, or ended an idle session.
    '53...', // The server has no connection, memory or disk left.
    '28...', // The server refuses the role or password, as while the password is being changed.
    '3D000', // There is no such database, as while it is being restored.
    '42501', // The role lacks a privilege, as while an operator changes them.
    '25006', // The server is a standby, or read-only.
    '40001', // Another transaction came between, or a standby cancelled the statement.
    '40P01', // Another transaction waited for this one while this one waited for it.
    '55P03', // A lock was not available in time.
    '57014', // The statement took longer than it may, or was cancelled.
    '25P0[34]', // The transaction was idle, or open, for longer than it may.
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
/** TypeORM says of a connection that broke between two statements that its query runner was released. */
const UNAVAILABLE_MESSAGE =
  /connection terminated|^timeout expired$|timeout exceeded when trying to connect|client has encountered a connection error|client was closed and is not queryable|query runner (was )?already released/i;

/** The SQLSTATE of a transaction that tried to write to a standby, or to a database that is read-only. */
export const READ_ONLY = '25006';
/** SQLSTATEs after which the same transaction may succeed at once: serialization failure, deadlock. */
const REPEATABLE: ReadonlySet<string> = new Set(['40001', '40P01', READ_ONLY]);

/**
 * Whether the database cannot serve at the moment (it is away, read-only, overloaded, or refuses the role), as against a
 * fault of the statement. The same work succeeds later.
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

/** Whether the database refused to write, because it is a standby or read-only. */
export function isReadOnlyRefusal(error: unknown): boolean {
  return getSqlState(error) === READ_ONLY;
}

/** Whether a transaction that failed so, and has been rolled back, may succeed when it is run again at once. */
export function isRepeatable(error: unknown): boolean {
  return REPEATABLE.has(getSqlState(error));
}

/** The code of the error that the driver reported, or of this one; '' where it has none. */
export function getSqlState(error: unknown): string {
  if (!(error instanceof Error)) return '';
  return getCode(findCause(error) ?? error);
}

/** TypeORM keeps the driver's error in a field of its own. */
function findCause(error: Error): Error | undefined {
  const cause = 'driverError' in error ? error.driverError : error.cause;
  return cause instanceof Error && cause !== error ? cause : undefined;
}

function getCode(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : '';
}
