import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { NAME } from './cluster.js';
import type { DataFolder } from './data-folder.js';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';
import { likelyCause } from './likely-cause.js';

/**
 * The role that the application connects as and that owns the database and its objects. It is no superuser, so
 * an attacker in the application gets no access to files and programs of the server's account.
 */
export const APPLICATION_ROLE = 'shelfline_app';

/**
 * Creates the database and the application's role unless they exist, and makes the role the owner of all
 * objects. This also upgrades folders of versions that worked as the superuser. An interrupted upgrade
 * continues at the next start.
 *
 * @returns URL of the database for the application, with a password that is created at each start and never
 *   saved
 * @throws EmbeddedPostgresError with one line for people
 */
export async function prepareDatabase(
  port: number,
  superuserPassword: string,
  folder: DataFolder,
): Promise<string> {
  const password = randomBytes(24).toString('base64url');
  const superuser = { host: '127.0.0.1', port, user: NAME, password: superuserPassword };
  try {
    await connected({ ...superuser, database: 'postgres' }, async (client) => {
      await ensureRole(client, password);
      await ensureDatabase(client);
    });
    await connected({ ...superuser, database: NAME }, (client) => client.query(GIVE_OBJECTS));
  } catch (error) {
    throw new EmbeddedPostgresError(
      `a database cannot be made in DATA_DIR ${folder.path}: ${await likelyCause(String(error), folder.path)}`,
      { cause: error },
    );
  }
  return `postgres://${APPLICATION_ROLE}:${password}@127.0.0.1:${port}/${NAME}`;
}

async function connected<T>(
  config: ConstructorParameters<typeof Client>[0],
  work: (client: Client) => Promise<T>,
): Promise<void> {
  const client = new Client(config);
  // A connection that breaks also fails the query.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await work(client);
  } finally {
    await client.end();
  }
}

async function ensureRole(client: Client, password: string): Promise<void> {
  const { rowCount } = await client.query('SELECT FROM pg_roles WHERE rolname = $1', [APPLICATION_ROLE]);
  const verb = rowCount === 0 ? 'CREATE' : 'ALTER';
  await client.query(
    `${verb} ROLE ${APPLICATION_ROLE} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD ${client.escapeLiteral(password)}`,
  );
}

async function ensureDatabase(client: Client): Promise<void> {
  const { rows } = await client.query<{ owner: string }>(
    'SELECT pg_get_userbyid(datdba) AS owner FROM pg_database WHERE datname = $1',
    [NAME],
  );
  const [database] = rows;
  if (database === undefined) await client.query(`CREATE DATABASE ${NAME} OWNER ${APPLICATION_ROLE}`);
  else if (database.owner !== APPLICATION_ROLE)
    await client.query(`ALTER DATABASE ${NAME} OWNER TO ${APPLICATION_ROLE}`);
}

/**
 * Makes the application's role the owner of each object outside the system schemas, in one transaction.
 * `REASSIGN OWNED` is refused for the role that created the cluster. A sequence of a column follows its table,
 * and a type of a table or an array its base. Objects of an extension are not changed.
 */
const GIVE_OBJECTS = `
  DO $$
  DECLARE
    statement text;
  BEGIN
    FOR statement IN
      WITH ours AS (
        SELECT oid, nspname FROM pg_namespace
         WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'),
      objects (classid, objid, owner, target, first) AS (
        SELECT 'pg_namespace'::regclass, namespace.oid, nspowner, format('SCHEMA %I', namespace.nspname), 0
          FROM pg_namespace AS namespace JOIN ours USING (oid)
         WHERE namespace.nspname <> 'public'
        UNION ALL
        SELECT 'pg_class'::regclass, class.oid, relowner, format('TABLE %I.%I', nspname, relname), 1
          FROM pg_class AS class JOIN ours ON ours.oid = relnamespace
         WHERE relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
           AND NOT EXISTS (SELECT FROM pg_depend
                            WHERE classid = 'pg_class'::regclass AND objid = class.oid AND relkind = 'S'
                              AND refclassid = 'pg_class'::regclass AND deptype IN ('a', 'i'))
        UNION ALL
        SELECT 'pg_proc'::regclass, proc.oid, proowner, format('ROUTINE %s', proc.oid::regprocedure), 2
          FROM pg_proc AS proc JOIN ours ON ours.oid = pronamespace
        UNION ALL
        SELECT 'pg_type'::regclass, type.oid, typowner, format('TYPE %I.%I', nspname, typname), 2
          FROM pg_type AS type JOIN ours ON ours.oid = typnamespace
         WHERE typtype IN ('e', 'd', 'r')
            OR (typtype = 'c' AND EXISTS (SELECT FROM pg_class WHERE oid = typrelid AND relkind = 'c'))
        UNION ALL
        SELECT 'pg_statistic_ext'::regclass, statistic.oid, stxowner, format('STATISTICS %I.%I', nspname, stxname), 2
          FROM pg_statistic_ext AS statistic JOIN ours ON ours.oid = stxnamespace)
      SELECT format('ALTER %s OWNER TO ${APPLICATION_ROLE}', target) FROM objects
       WHERE owner <> '${APPLICATION_ROLE}'::regrole
         AND NOT EXISTS (SELECT FROM pg_depend WHERE pg_depend.classid = objects.classid
                            AND pg_depend.objid = objects.objid AND deptype = 'e')
       ORDER BY first
    LOOP
      EXECUTE statement;
    END LOOP;
  END
  $$`;
