import { closeSync, openSync } from 'node:fs';
import { afterAll, describe, expect, it } from '@jest/globals';
import { until } from '../../test/support/until.js';
import { type Ending, SupervisedProcess } from './supervised-process.js';

const nothing = openSync('/dev/null', 'r');
afterAll(() => closeSync(nothing));

const start = (ending: Ending, script: string, ...args: string[]): Promise<SupervisedProcess> =>
  SupervisedProcess.start('/bin/sh', ['-c', script, 'program', ...args], {
    ending,
    account: undefined,
    cwd: '/',
    output: 'capture',
    heldOpen: nothing,
  });

const said = async (program: SupervisedProcess, text: string): Promise<void> => {
  await until(async () => (program.output.includes(text) ? true : undefined), `an output of ${text}`);
};

describe('a supervised program', () => {
  it('ends with its own status, and its words are kept, also those on standard error', async () => {
    const program = await start('kill', 'echo out; echo err >&2; exit 7');
    await expect(program.exited).resolves.toBe(7);
    expect(program.output).toContain('out\n');
    expect(program.output).toContain('err\n');
  });

  it('is given its arguments as they are', async () => {
    const program = await start('kill', 'printf "<%s>" "$@"', `it's`, '"$HOME" `x`', '');
    await program.exited;
    expect(program.output).toBe(`<it's><"$HOME" \`x\`><>`);
  });

  it('says how it was ended by a signal', async () => {
    const program = await start('kill', 'kill -KILL $$');
    await expect(program.exited).resolves.toBe(137);
  });

  it('is killed with its children when it is let go of', async () => {
    const program = await start('kill', 'sleep 600 & echo started; wait');
    await said(program, 'started');
    program.detach();
    // The children hold the pipe that is read here: it ends when the last of them does.
    await expect(program.exited).resolves.toBe(137);
  });

  it('is asked to shut down fast when it is let go of', async () => {
    const program = await start(
      'fast-shutdown',
      `exec node -e "
      process.on('SIGTERM', () => console.log('TERM'));
      process.on('SIGINT', () => { console.log('INT'); process.exit(5); });
      setInterval(() => {}, 1000);
      console.log('started');"`,
    );
    await said(program, 'started');
    program.detach();
    await expect(program.exited).resolves.toBe(5);
    expect(program.output).toContain('INT');
  });

  it('rejects where it cannot be started', async () => {
    const options = {
      ending: 'kill',
      account: undefined,
      cwd: '/not/there',
      output: 'capture',
      heldOpen: nothing,
    } as const;
    await expect(SupervisedProcess.start('true', [], options)).rejects.toThrow(/ENOENT/);
  });
});
