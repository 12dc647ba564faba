import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { isJobId } from '../images/result-ids.js';
import { randomPart } from './job-id.js';

describe('the id of a job', () => {
  it('has a random part that is another for each job', () => {
    expect(new Set(Array.from({ length: 1_000 }, () => randomPart())).size).toBe(1_000);
  });

  it('is known as one, whenever it was made', () => {
    const digits = fc.stringMatching(/^\d{14}$/);
    fc.assert(
      fc.property(digits, (second) => {
        expect(isJobId(`job_${second}_${randomPart()}`)).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  it.each([
    '',
    'job_',
    'job_20241116100000',
    'job_20241116100000_',
    'job_20241116100000_0123456789abcdef012',
    'job_20241116100000_0123456789abcdef01234',
    'job_20241116100000_0123456789ABCDEF0123',
    'job_2024111610000_0123456789abcdef0123',
    'JOB_20241116100000_0123456789abcdef0123',
    ' job_20241116100000_0123456789abcdef0123',
    'job_20241116100000_0123456789abcdef0123\n',
    "job_20241116100000_0123456789abcdef012'",
  ])('is not %j', (text) => {
    expect(isJobId(text)).toBe(false);
  });
});
