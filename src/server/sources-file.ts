import { readFile } from 'node:fs/promises';
import { SettingError } from '../options/environment-source.js';
import { HostRule } from '../outbound/host-rule.js';
import { parseSources } from '../outbound/sources/parse-sources.js';
import { SourceEntry, SourceError } from '../outbound/sources/source-error.js';
import type { SourceOptions } from '../outbound/sources/source-options.js';
import type { Settings } from './environment.js';

type Environment = Readonly<Record<string, string | undefined>>;

const MAX_BYTES = 1_048_576;
const VARIABLE = /\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g;

/** The variables that are the defaults of an entry of a bucket. */
const AWS_VARIABLES = [
  ['access_key_id', 'AWS_ACCESS_KEY_ID'],
  ['secret_access_key', 'AWS_SECRET_ACCESS_KEY'],
  ['session_token', 'AWS_SESSION_TOKEN'],
] as const;

/**
 * Reads and checks the sources of `IMAGE_SOURCES_FILE`, and replaces variables in it by their values. Returns no sources if it is not set.
 *
 * @throws SettingError with the entry and the field, and never with a value
 */
export async function readSourcesFile(
  { imageSourcesFile: path, imageAllowedHosts, imageAllowedNetworks }: Settings,
  environment: Environment,
): Promise<readonly SourceOptions[]> {
  if (path === undefined) return [];
  try {
    const sources = withVariables(parseJson(await readText(path)), environment);
    const rule = new HostRule({ allowedHosts: imageAllowedHosts, allowedNetworks: imageAllowedNetworks });
    await parseSources(sources, rule);
    return sources.filter(isSource);
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    throw new SettingError('IMAGE_SOURCES_FILE', path, `a JSON file of sources: ${error.message}`);
  }
}

async function readText(path: string): Promise<string> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
    throw new SourceError(`the file cannot be read${code}`);
  }
  if (bytes.length > MAX_BYTES) throw new SourceError(`the file has more than ${MAX_BYTES} bytes`);
  return bytes.toString('utf8').replace(/^\ufeff/, '');
}

/** Errors contain only the position of the parser's message, because the rest may contain a secret. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const place = /line \d+ column \d+/.exec(error instanceof Error ? error.message : '')?.[0];
    throw new SourceError(`the file is not valid JSON${place === undefined ? '' : `, ${place}`}`);
  }
}

/** Replaces the variables in the entries of a list. Any other value is returned unchanged, and is refused later. */
function withVariables(given: unknown, environment: Environment): readonly unknown[] {
  if (!Array.isArray(given)) throw new SourceError('must be a list of sources');
  return given.map((each: unknown, index) => {
    if (typeof each !== 'object' || each === null || Array.isArray(each)) return each;
    const entry = new SourceEntry(index, { ...each });
    const fields = Object.fromEntries(
      Object.entries(each).map(([name, value]) => [name, replaced(value, name, entry, environment)]),
    );
    return 's3' in fields ? withAwsVariables(fields, environment) : fields;
  });
}

function replaced(value: unknown, field: string, entry: SourceEntry, environment: Environment): unknown {
  if (typeof value === 'string') return replacedText(value, field, entry, environment);
  if (Array.isArray(value))
    return value.map((each: unknown, index) => replaced(each, `${field}[${index}]`, entry, environment));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [
      name,
      replaced(each, `${field}.${name}`, entry, environment),
    ]),
  );
}

function replacedText(text: string, field: string, entry: SourceEntry, environment: Environment): string {
  if (text.replace(VARIABLE, '').includes('${')) throw entry.fault(field, 'has a ${ that begins no ${NAME}');
  return text.replace(VARIABLE, (_, name: string) => {
    const value = environment[name];
    if (value === undefined || value === '')
      throw entry.fault(field, `names the variable ${name}, which is not set`);
    return value;
  });
}

function isSource(given: unknown): given is SourceOptions {
  return typeof given === 'object' && given !== null && ('hosts' in given || 's3' in given);
}

/** The session token belongs to the keys in the environment. It is not used if the entry has its own keys. */
function withAwsVariables(
  fields: Record<string, unknown>,
  environment: Environment,
): Record<string, unknown> {
  const hasKeys = AWS_VARIABLES.some(([field]) => (fields[field] ?? undefined) !== undefined);
  const keys = hasKeys
    ? []
    : AWS_VARIABLES.map(([field, variable]) => [field, environment[variable] || undefined]);
  return {
    ...fields,
    ...Object.fromEntries(keys),
    region: fields['region'] ?? (environment['AWS_REGION'] || undefined),
  };
}
