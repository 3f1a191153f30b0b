import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

/** Debian's, unless another is named. */
const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const strict = process.env['NOTHING_SKIPPED'] !== undefined;

export const thereIsABrowser = existsSync(executablePath);

const folder = fileURLToPath(new URL('../../.artifacts/screenshots/', import.meta.url));

export const desktop = { width: 1280, height: 900 } as const;
export const phone = { width: 390, height: 844 } as const;

type OpenOptions = Pick<BrowserContextOptions, 'viewport' | 'colorScheme' | 'permissions'> & {
  /** What the browser takes for now; it stands still. */
  readonly at?: Date;
};

type Tabs = {
  /** A browser of somebody who was never here. Whatever its console complains of fails the test. */
  open(url: string, options?: OpenOptions): Promise<Page>;
  /** Kept with the run, for people to look at. */
  picture(page: Page, name: string): Promise<void>;
};

/** Tests in a real Chromium; without one they are skipped, or fail where nothing may be. */
export function describeInBrowser(name: string, tests: (tabs: Tabs) => void): void {
  if (!thereIsABrowser) {
    describe(name, () => {
      if (strict) test('there is a browser', () => expect(thereIsABrowser).toBe(true));
      else test.skip('in a browser: apt-get install chromium, or name one in CHROMIUM', () => {});
    });
    return;
  }
  describe(name, () => {
    let browser: Browser;
    const complaints: string[] = [];
    const open: Page[] = [];

    beforeAll(async () => {
      await mkdir(folder, { recursive: true });
      // Without a sandbox, since build machines run as root; and nothing asks the network for anything of its own.
      const args = ['--no-sandbox', '--disable-background-networking', '--disable-component-update'];
      browser = await chromium.launch({ executablePath, args });
    }, 60_000);
    afterAll(() => browser.close());
    afterEach(async () => {
      for (const page of open.splice(0)) await page.context().close();
      expect(complaints.splice(0)).toEqual([]);
    });

    tests({
      async open(url, { at, ...options } = {}) {
        const context = await browser.newContext({
          viewport: desktop,
          locale: 'en-GB',
          timezoneId: 'UTC',
          reducedMotion: 'reduce',
          ...options,
        });
        const page = await context.newPage();
        open.push(page);
        page.setDefaultTimeout(15_000);
        page.on('pageerror', (error) => complaints.push(error.message));
        page.on('dialog', (dialog) => {
          complaints.push(`a dialog: ${dialog.message()}`);
          void dialog.dismiss();
        });
        page.on('console', (line) => {
          // A server that is gone, or says no, is what some tests are about; the page's own policy is another thing.
          if (line.type() === 'error' && !line.text().startsWith('Failed to load resource'))
            complaints.push(line.text());
        });
        if (at) await page.clock.setFixedTime(at);
        await page.goto(url);
        return page;
      },
      picture: async (page, picture) => {
        await page.screenshot({ path: `${folder}${picture}.png` });
      },
    });
  });
}

/** How many elements there are. */
export const countElements = (page: Page, selector = '*'): Promise<number> => page.locator(selector).count();

/** Does anything stick out sideways? */
export const sticksOut = (page: Page): Promise<boolean> =>
  page.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth');

/** Waits until an expression has a value there. Playwright's own waiting evaluates text in the page, which the page forbids. */
export async function becomes(page: Page, expression: string, value: unknown): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    if ((await page.evaluate(expression)) === value) return;
    await pause(100);
  }
  expect(await page.evaluate(expression)).toBe(value);
}
