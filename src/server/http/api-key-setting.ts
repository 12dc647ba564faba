import { createHash } from 'node:crypto';
import { type CallerKey } from '../../http/caller.js';
import { SCOPES } from '../../http/scopes.js';
import type { Kind, Refuse } from '../../options/option.js';
import { deriveShareKey } from '../share/share-token.js';

/** A key of `API_KEYS`. Only its digest is kept. */
export interface ApiKey extends CallerKey {
  /** SHA-256 of the key, in hexadecimal. */
  readonly digest: string;
  /** The key that signs its shared links. */
  readonly shareKey: Buffer;
  /** Whether it is shorter than a named key has to be. */
  readonly isShort: boolean;
}

export const MIN_KEY_LENGTH = 16;

const NAME = /^[a-z0-9_-]{1,32}$/;
/** Printable ASCII without spaces, which a header can contain. */
const KEY = /^[\x21-\x7e]+$/;
/** An entry with at least two colons. The text after the second is the key. */
const NAMED = /^([^:]*):([^:]*):([^]*)$/;
const DIGITS_OF_NAME = 8;

/**
 * The API keys, separated by commas: `name:scopes:key`, or plain keys, which have all scopes. Errors contain only the number of the entry, and no part
 * of it.
 */
export const API_KEY_LIST: Kind<readonly ApiKey[]> = {
  type: 'TextList',
  parse: parseKeys,
  check: (value, refuse) => parseKeys(String(value), refuse),
};

/** SHA-256 of a key. */
export function digestKey(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

function parseKeys(list: string, refuse: Refuse): readonly ApiKey[] {
  const keys: ApiKey[] = [];
  for (const [index, entry] of list.split(',').entries()) {
    const fail = (fault: string): never => refuse(`${TAKES}; entry ${index + 1} ${fault}`);
    const key = parseEntry(entry.trim(), fail);
    const sameKey = keys.findIndex(({ digest }) => digest === key.digest);
    // Earlier versions accepted a repeated plain key.
    if (sameKey !== -1 && isEqual(keys[sameKey], key)) continue;
    if (sameKey !== -1) fail('repeats the key of another entry');
    if (keys.some(({ name }) => name === key.name)) fail('repeats the name of another entry');
    keys.push(key);
  }
  return keys;
}

const TAKES = 'comma-separated keys, each as <key> or <name>:<scopes>:<key>';

function parseEntry(entry: string, fail: (fault: string) => never): ApiKey {
  const [, name, scopes = '', named = ''] = NAMED.exec(entry) ?? [];
  const key = name === undefined ? entry : named;
  if (!KEY.test(key)) fail('has a key that is not of printable ASCII characters without spaces');
  const digest = digestKey(key).toString('hex');
  const shareKey = deriveShareKey(key);
  const isShort = key.length < MIN_KEY_LENGTH;
  if (name === undefined)
    return { name: `key-${digest.slice(0, DIGITS_OF_NAME)}`, scopes: SCOPES, digest, shareKey, isShort };
  if (!NAME.test(name)) fail('has a name that is not 1 to 32 of the characters a-z, 0-9, _ and -');
  const given = new Set(scopes.split('+'));
  const known = SCOPES.filter((scope) => given.has(scope));
  if (known.length < given.size) fail(`has an unknown scope: scopes are ${SCOPES.join(', ')}, joined with +`);
  if (isShort) fail(`has a key of fewer than ${MIN_KEY_LENGTH} characters`);
  return { name, scopes: known, digest, shareKey, isShort };
}

function isEqual(one: ApiKey | undefined, other: ApiKey): boolean {
  return one?.name === other.name && one.scopes.join() === other.scopes.join();
}
