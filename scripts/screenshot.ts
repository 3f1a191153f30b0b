/**
 * Draws README's pictures from a running page: node scripts/screenshot.ts http://127.0.0.1:4747
 * On Debian: apt-get install chromium fonts-noto-color-emoji fonts-wqy-microhei fonts-lato fonts-inter
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright-core';

const url = process.argv[2];
if (!url) {
  console.error('Which page? Run npm start, and give the address that it prints: node scripts/screenshot.ts <url>');
  process.exit(2);
}

const docs = join(import.meta.dirname, '../docs');
mkdirSync(docs, { recursive: true });

/** Debian's, unless another is named; without a sandbox, since build machines run as root. */
const browser = await chromium.launch({
  executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-background-networking'],
});
try {
  const viewport = { width: 1280, height: 800 };
  // The page lets nobody hide a part of it; a picture may.
  const page = await browser.newPage({ viewport, deviceScaleFactor: 2, locale: 'en-GB', bypassCSP: true });
  await page.emulateMedia({ reducedMotion: 'reduce', colorScheme: 'light' });
  await page.goto(url);
  await openFailure(page);
  await page.locator('.slack').screenshot({ path: join(docs, 'message.png') });
  await page.screenshot({ path: join(docs, 'inbox.png') });
  await openLife(page);
  await page.setViewportSize({ ...viewport, height: 1600 });
  // That no destination is of this kind is true of the sample alone.
  const style = '.unused { display: none } .talk [aria-current] { background: none }';
  await page.getByRole('tabpanel').screenshot({ path: join(docs, 'living.png'), style });
  await page.setViewportSize(viewport);
  await page.goto(`${url}/plans`);
  await page.locator('.segment.bad').first().hover();
  await page.screenshot({ path: join(docs, 'plans.png') });
} finally {
  await browser.close();
}
console.log('Wrote docs/message.png, docs/inbox.png, docs/living.png and docs/plans.png.');

/** The plan that failed, as one message, once it has come to its end. */
async function openLife(page: Page): Promise<void> {
  const address = new URL(page.url());
  address.searchParams.set('as', 'slack-bot');
  address.searchParams.set('style', 'living');
  await page.goto(address.href);
  await page.getByRole('tabpanel').getByText('Was broken for').first().waitFor({ timeout: 120_000 });
}

/** A failure shows the most of what a message can say; the sample comes to its first within a minute. */
async function openFailure(page: Page): Promise<void> {
  await page
    .getByRole('link', { name: /Release failed/ })
    .first()
    .click({ timeout: 120_000 });
  await page.locator('.slack', { hasText: 'Release failed' }).waitFor();
  // Without the mouse over a row.
  await page.mouse.move(0, 0);
}
