import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { isJobId, newJobId } from './job-id.js';

describe('the id of a job', () => {
  it('names the second of its submission, in UTC', () => {
    expect(newJobId(new Date('2024-11-16T10:00:00.999Z'))).toMatch(/^job_20241116100000_[0-9a-f]{20}$/);
    expect(newJobId(new Date('2024-01-02T03:04:05+05:30'))).toMatch(/^job_20240101213405_/);
  });

  it('is another for each job of a second', () => {
    const now = new Date();
    expect(new Set(Array.from({ length: 1_000 }, () => newJobId(now))).size).toBe(1_000);
  });

  it('is known as one, whenever it was made', () => {
    const anyTime = fc.date({
      min: new Date('1970-01-01'),
      max: new Date('9999-12-31'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(anyTime, (date) => {
        expect(isJobId(newJobId(date))).toBe(true);
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
