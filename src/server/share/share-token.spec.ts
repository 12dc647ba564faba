import { describe, expect, it } from '@jest/globals';
import { createShareToken, deriveShareKey, isShareToken, readShareToken } from './share-token.js';

const KEY = deriveShareKey('a-key-of-sixteen-characters');
const SHARE = {
  jobId: 'job_20241116100000_8f14e45fceea167a5a36',
  expiresAt: new Date('2026-12-01T10:00:00.000Z'),
};

describe('the token of a shared link', () => {
  it('opens the job that it was made for', () => {
    const token = createShareToken(SHARE, KEY);
    expect(isShareToken(token)).toBe(true);
    expect(readShareToken(token, KEY)).toEqual(SHARE);
  });

  it('is worth nothing under another key', () => {
    expect(
      readShareToken(createShareToken(SHARE, KEY), deriveShareKey('another-key-of-the-server')),
    ).toBeUndefined();
  });

  it('is worth nothing if any of its characters is changed', () => {
    const token = createShareToken(SHARE, KEY);
    // The last character of base64url has bits that mean nothing.
    const forged = Array.from({ length: token.length - 1 }, (_, index) => {
      const changed = token[index] === 'A' ? 'B' : 'A';
      return token.slice(0, index) + changed + token.slice(index + 1);
    });
    expect(forged.map((text) => readShareToken(text, KEY)).filter((share) => share !== undefined)).toEqual(
      [],
    );
  });

  it.each(['', 'share_', 'share_a.b', `share_${'a'.repeat(600)}.${'a'.repeat(43)}`, 'share_..'])(
    'is not read from other text (%#)',
    (text) => {
      expect(readShareToken(text, KEY)).toBeUndefined();
    },
  );

  it('is signed with a key that differs for each API key', () => {
    expect(deriveShareKey('a-key-of-sixteen-characters')).toEqual(KEY);
    expect(deriveShareKey('a-key-of-sixteen-characterS')).not.toEqual(KEY);
  });
});
