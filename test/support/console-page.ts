import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';

export interface PageOptions {
  readonly isDark?: boolean;
  readonly width?: number;
  readonly height?: number;
  readonly timeZone?: string;
  /** The key of whoever signed in. */
  readonly key?: string;
}

/** A page of the console in a real browser, and everything that went wrong in it. */
export class ConsolePage {
  /** Errors of scripts, complaints of the browser, and requests to other hosts. */
  readonly faults: string[] = [];

  private constructor(
    readonly page: Page,
    readonly origin: string,
  ) {
    page.setDefaultTimeout(20_000);
    page.on('pageerror', (error) => this.faults.push(error.message));
    page.on('console', (message) => {
      // A browser also writes each answer with an error status, which is no fault of the page.
      const isFault = message.type() === 'error' && !message.text().startsWith('Failed to load resource');
      if (isFault) this.faults.push(message.text());
    });
    page.on('request', (request) => {
      const url = request.url();
      if (!url.startsWith(`${origin}/`) && !url.startsWith('blob:')) this.faults.push(`requests ${url}`);
    });
  }

  static async open(browser: Browser, origin: string, options: PageOptions = {}): Promise<ConsolePage> {
    const { isDark = false, width = 1440, height = 900, timeZone = 'Asia/Kolkata', key } = options;
    const context = await browser.newContext({
      viewport: { width, height },
      colorScheme: isDark ? 'dark' : 'light',
      timezoneId: timeZone,
      locale: 'en-GB',
      acceptDownloads: true,
    });
    if (key !== undefined)
      await context.addInitScript((value) => sessionStorage.setItem('shelfline-key', value), key);
    return new ConsolePage(await context.newPage(), origin);
  }

  async goto(path: string): Promise<void> {
    await this.page.goto(`${this.origin}${path}`);
    await this.page.locator('h1').waitFor();
  }

  /** The path and the query of the address. */
  get address(): string {
    const { pathname, search } = new URL(this.page.url());
    return `${pathname}${search}`;
  }

  /** What axe finds serious or critical, each with the elements it is found at. */
  async findBarriers(): Promise<string[]> {
    const { violations } = await new AxeBuilder({ page: this.page }).analyze();
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(' ')}`);
  }

  async close(): Promise<void> {
    await this.page.context().close();
  }
}
