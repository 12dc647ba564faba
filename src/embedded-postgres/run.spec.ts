import { describe, expect, it } from '@jest/globals';
import { run } from './run.js';

const sh = (script: string, ...args: string[]): ReturnType<typeof run> =>
  run('/bin/sh', ['-c', script, 'sh', ...args]);

describe('a short program', () => {
  it('returns its output and its exit status', async () => {
    await expect(sh('echo "$1"; echo aside >&2', 'a b')).resolves.toEqual({ status: 0, output: 'a b\n' });
    await expect(sh('echo no; echo because >&2; exit 3')).resolves.toEqual({ status: 3, output: 'because' });
    await expect(sh('exit 4')).resolves.toEqual({ status: 4, output: '/bin/sh ended with 4' });
  });

  it('has no status if a signal ended it, or it does not exist', async () => {
    const ended = { status: undefined, output: '/bin/sh ended with SIGINT' };
    await expect(sh('kill -s INT $$')).resolves.toEqual(ended);
    await expect(run('/no/such/program', [])).resolves.toMatchObject({
      status: undefined,
      output: expect.stringContaining('ENOENT'),
    });
  });

  it('is in a process group of its own, which the Ctrl-C of a terminal does not reach', async () => {
    const { output } = await sh('ps -o pid=,pgid= -p $$');
    const [pid, group] = output.trim().split(/\s+/);
    expect(pid).toMatch(/^\d+$/);
    expect(group).toBe(pid);
  });

  it('gets little of the environment of the application', async () => {
    const { output } = await sh('env');
    const names = output.split('\n').map((line) => line.split('=')[0]);
    expect(names).not.toContain('HOME');
    expect(output).toContain('LC_ALL=C\n');
  });
});
