import { access } from 'node:fs/promises';
import type { Browser } from 'playwright-core';
import { endLater, hasEnded } from './leftovers.js';

/** Where an installed Chrome or Chromium is found, if `CHROME_PATH` does not say. */
const INSTALLED = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A real Chromium, from npm on Linux x64, else an installed one. Returns why there is none where it cannot start. */
export async function startBrowser(): Promise<Browser | { readonly reason: string }> {
  const { chromium } = await import('playwright-core');
  try {
    const browser = await chromium.launch(await findChromium());
    endLater(browser, () => browser.close());
    browser.once('disconnected', () => hasEnded(browser));
    return browser;
  } catch (error) {
    return { reason: error instanceof Error ? error.message : String(error) };
  }
}

async function findChromium(): Promise<{
  executablePath: string;
  args: string[];
  env: Record<string, string>;
}> {
  const env = { ...defined(process.env) };
  const path = process.env['CHROME_PATH'] ?? (await findInstalled());
  if (path !== undefined) return { executablePath: path, args: FLAGS, env };
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new Error('Chromium from npm is for Linux on x64. Set CHROME_PATH to an installed Chrome.');
  // Where the system lacks libraries, the package brings its own if it is told that this is a Lambda.
  process.env['AWS_LAMBDA_JS_RUNTIME'] ??= 'nodejs22.x';
  const { default: packed } = await import('@sparticuz/chromium');
  const executablePath = await packed.executablePath();
  return { executablePath, args: FLAGS, env: { ...env, ...defined(process.env) } };
}

async function findInstalled(): Promise<string | undefined> {
  for (const path of INSTALLED)
    if (
      await access(path).then(
        () => true,
        () => false,
      )
    )
      return path;
  return undefined;
}

function defined(environment: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
