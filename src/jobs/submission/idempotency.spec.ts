import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { SubmissionDigest } from './idempotency.js';

describe('the digest of a submission', () => {
  it('is that of the JSON of its parts, as jobs of earlier releases have it', async () => {
    const time = new Date('2024-11-16T12:00:00Z');
    const lists = [['http://a.test/"'], Array<string>(200).fill(`http://a.test/${'日'.repeat(1_000)}`)];
    const digest = new SubmissionDigest({
      reference: 'r',
      callbackUrl: null,
      metadata: null,
      timeZone: null,
    });
    const hash = createHash('sha256').update('["r"]');
    for (const [index, imageUrls] of lists.entries()) {
      await digest.add([
        { storeId: `S${index}`, visitTime: time, imageUrls, reference: null, metadata: null },
      ]);
      hash.update(JSON.stringify([`S${index}`, time.getTime(), imageUrls]));
    }
    expect(digest.hex()).toBe(hash.digest('hex'));
  });
});
