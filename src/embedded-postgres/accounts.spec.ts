import { describe, expect, it } from '@jest/globals';
import { describeAccount, parsePasswd } from './accounts.js';

describe('the accounts of a machine', () => {
  it('are read from passwd(5), comments and broken lines left out', () => {
    const accounts = parsePasswd(
      '## macOS\n#x:*:1:1::/:\nroot:x:0:0:root:/root:/bin/sh\nnode:x:1000:1001::/:\nbroken\nno:x::\n',
    );
    expect([...accounts]).toEqual([
      ['root', { uid: 0, gid: 0 }],
      ['node', { uid: 1000, gid: 1001 }],
    ]);
  });

  it.each(['-2', '4294967294'])(
    'have the number that Node takes for nobody where it is written %s',
    (number) => {
      expect(parsePasswd(`nobody:*:${number}:${number}::/:`).get('nobody')).toEqual({ uid: -2, gid: -2 });
    },
  );

  it('are described by name and number, or by number without a name', async () => {
    await expect(describeAccount(0)).resolves.toBe('root (uid 0)');
    await expect(describeAccount(987654)).resolves.toBe('uid 987654');
  });
});
