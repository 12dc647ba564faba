import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { SettingError } from '../../options/environment-source.js';
import { deriveShareKey } from '../share/share-token.js';
import { readEnvironment } from '../environment.js';
import type { ApiKey } from './api-key-setting.js';

const KEY = '0123456789abcdef';
const OTHER = 'fedcba9876543210';
const ALL = ['read', 'submit', 'review', 'manage', 'metrics'];

const digest = (key: string): string => createHash('sha256').update(key).digest('hex');
const keysOf = (list: string): readonly ApiKey[] => readEnvironment({ API_KEYS: list }, '1').apiKeys;
const shown = (list: string): unknown[] => keysOf(list).map(({ name, scopes }) => [name, scopes.join()]);

function refusal(list: string): string {
  try {
    keysOf(list);
  } catch (error) {
    if (error instanceof SettingError) return error.message;
    throw error;
  }
  return 'accepted';
}

describe('an entry of API_KEYS', () => {
  it.each([`reader:read:${KEY}`, `reader:read+read:${KEY}`, ` reader:read:${KEY} `])(
    'with two colons is a name, scopes and a key: %p',
    (entry) => {
      expect(keysOf(entry)).toEqual([
        {
          name: 'reader',
          scopes: ['read'],
          digest: digest(KEY),
          shareKey: deriveShareKey(KEY),
          isShort: false,
        },
      ]);
    },
  );

  it('may have several scopes, in any order, which do not imply one another', () => {
    expect(shown(`a:metrics+submit:${KEY},b-_9:manage:${OTHER}`)).toEqual([
      ['a', 'submit,metrics'],
      ['b-_9', 'manage'],
    ]);
  });

  it('has everything behind the second colon for its key', () => {
    expect(keysOf(`a:read:${KEY}:with::colons:`)[0]?.digest).toBe(digest(`${KEY}:with::colons:`));
    expect(keysOf(`a:read::${KEY}`)[0]?.digest).toBe(digest(`:${KEY}`));
  });

  it.each([KEY, 'user:password-of-16', ':', 'short'])(
    'with fewer colons is a plain key with all scopes, named by its digest: %p',
    (key) => {
      expect(keysOf(key)).toEqual([
        {
          name: `key-${digest(key).slice(0, 8)}`,
          scopes: ALL,
          digest: digest(key),
          shareKey: deriveShareKey(key),
          isShort: key.length < 16,
        },
      ]);
    },
  );

  it('is short below 16 characters', () => {
    expect(keysOf(`${'x'.repeat(15)},${'x'.repeat(16)}`).map(({ isShort }) => isShort)).toEqual([
      true,
      false,
    ]);
  });

  it('may be given twice as the same plain key', () => {
    expect(keysOf(`${KEY},${KEY}`)).toHaveLength(1);
  });

  it.each([
    [`:read:${KEY}`, 1, 'has a name that is not'],
    [`Reader:read:${KEY}`, 1, 'has a name that is not'],
    [`a b:read:${KEY}`, 1, 'has a name that is not'],
    [`é:read:${KEY}`, 1, 'has a name that is not'],
    [`${'a'.repeat(33)}:read:${KEY}`, 1, 'has a name that is not'],
    [`${OTHER},a::${KEY}`, 2, 'has an unknown scope'],
    [`a:reed:${KEY}`, 1, 'has an unknown scope'],
    [`a:Read:${KEY}`, 1, 'has an unknown scope'],
    [`a:read+:${KEY}`, 1, 'has an unknown scope'],
    [`a:read submit:${KEY}`, 1, 'has an unknown scope'],
    [`a:*:${KEY}`, 1, 'has an unknown scope'],
    [`a:any:${KEY}`, 1, 'has an unknown scope'],
    [`a:read:${KEY.slice(1)}`, 1, 'has a key of fewer than 16 characters'],
    ['a:read:', 1, 'has a key that is not of printable'],
    ['::', 1, 'has a key that is not of printable'],
    [`a:read:${KEY} x`, 1, 'has a key that is not of printable'],
    [`a:read:${KEY},a:submit:${OTHER}`, 2, 'repeats the name'],
    [`a:read:${KEY},b:read:${KEY}`, 2, 'repeats the key'],
    [`a:read:${KEY},${KEY}`, 2, 'repeats the key'],
    [`${KEY},a:read:${KEY}`, 2, 'repeats the key'],
    [`key-${digest(KEY).slice(0, 8)}:read:${OTHER},${KEY}`, 2, 'repeats the name'],
  ])('stops the start and is not repeated: %p', (list, entry, fault) => {
    const said = refusal(list);
    expect(said).toMatch(
      /^API_KEYS=\(not shown\): API_KEYS takes comma-separated keys, each as <key> or <name>/,
    );
    expect(said).toContain(`; entry ${entry} ${fault}`);
    expect(said).not.toMatch(/0123|fedcba|reed|Reader/);
  });
});
