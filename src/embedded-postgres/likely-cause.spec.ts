import { tmpdir } from 'node:os';
import { describe, expect, it } from '@jest/globals';
import { firstFailure, likelyCause } from './likely-cause.js';

describe('the likely cause of a failure', () => {
  it('is the first that is written of, without time and process id', () => {
    const log = `2026-01-01 00:00:00.000 UTC [7] LOG:  starting PostgreSQL
2026-01-01 00:00:00.000 UTC [7] FATAL:  configuration file "postgresql.conf" contains errors
2026-01-01 00:00:00.000 UTC [8] PANIC:  cannot abort transaction 1, it was already committed
`;
    expect(firstFailure(log)).toBe('configuration file "postgresql.conf" contains errors');
  });

  it('is what initdb calls an error', () => {
    expect(
      firstFailure(
        'creating subdirectories ... ok\ninitdb: error: could not open file "x"\ninitdb: removing contents',
      ),
    ).toBe('could not open file "x"');
  });

  it('is the last line if none reports an error, and never a long text', () => {
    expect(firstFailure('one\ntwo\n')).toBe('two');
    expect(firstFailure(`FATAL:  ${'x'.repeat(1000)}`)).toHaveLength(301);
  });

  it.each([
    'PANIC:  could not write to file "pg_wal/xlogtemp.1": No space left on device',
    'ERROR:  could not extend file "base/1/1": wrote only 4096 of 8192 bytes at block 0\nHINT:  Check free disk space.',
  ])('is a full disk where PostgreSQL says it in its own words: %s', async (said) => {
    await expect(likelyCause(said, tmpdir())).resolves.toMatch(/^the disk is full \(could not /);
  });

  it('is not made up', async () => {
    await expect(likelyCause('', tmpdir())).resolves.toBe('it said nothing');
  });
});
