import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { SourceError } from '../../lib/core/source-error.ts';
import { describeInBrowser, desktop, phone } from './browser.ts';
import { openShop, type Shop } from './shop.ts';

type Violation = { readonly id: string; readonly impact: string; readonly nodes: readonly { readonly html: string }[] };

/** What axe finds, whatever its weight, with the elements that it finds it on. */
async function findings(page: Page): Promise<string[]> {
  const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  await page.evaluate(axe);
  const { violations } = await page.evaluate<{ violations: Violation[] }>('axe.run()');
  return violations.flatMap(({ id, impact, nodes }) => nodes.map(({ html }) => `${impact} ${id}: ${html}`));
}

describeInBrowser('axe', ({ open }) => {
  let shop: Shop;
  beforeAll(async () => {
    shop = await openShop({ others: ['mill'] });
    shop.world.cloud.failures = { a: [{ component: 'cart', reason: 'image pull failed' }] };
    const classes = ['SUCCESS', 'ABORTED', 'ROLLBACK_SUCCEED', 'RELEASING', 'CREATED'];
    await shop.look([{ id: 'a' }, { id: 'gone' }]);
    shop.world.answers['releases'] = [1, 2].map(() => ({ kind: 'rejected', reason: 'HTTP 400: invalid_blocks' }));
    shop.world.answers['oncall'] = [{ kind: 'retry', reason: 'HTTP 503: busy' }];
    await shop.look([{ id: 'a', status: 'FAILED' }, ...classes.map((status) => ({ id: status, status }))]);
    await shop.look();
    shop.world.cloud.plans = new SourceError('HTTP 403', 'Give the user the right.');
    await shop.look();
  });
  afterAll(() => shop.close());

  const cases = [
    '/',
    '/?event=shop-000000000002-0&as=webhook',
    '/?event=shop-000000000002-0&as=teams',
    '/?event=shop-000000000002-0&as=feishu',
    '/?event=shop-000000000002-0&as=slack-bot&style=living',
    '/?event=shop-000000000002-0&as=slack&style=living',
    '/?event=shop-000000000002-0&as=googlechat&style=thread',
    '/?q=nothing',
    '/plans?plan=a',
    '/health',
  ].flatMap((path) => [
    { path, colorScheme: 'light', size: 'desktop', viewport: desktop } as const,
    { path, colorScheme: 'dark', size: 'phone', viewport: phone } as const,
  ]);

  test.each(cases)('finds nothing on $path in $colorScheme on a $size', async ({ path, colorScheme, viewport }) => {
    const page = await open(`${shop.url}${path}`, { colorScheme, viewport, at: new Date(shop.world.clock.ms) });
    await page.locator('#main > *').waitFor();
    if (path.includes('event=')) await page.locator('[role=tabpanel] > *').first().waitFor();
    if (path.includes('teams')) await page.locator('.ac-adaptiveCard').waitFor();
    expect(await findings(page)).toEqual([]);
  });

  test('finds nothing on the help', async () => {
    const page = await open(shop.url);
    await page.locator('.event').first().waitFor();
    await page.keyboard.press('?');
    await page.getByRole('dialog').waitFor();
    expect(await findings(page)).toEqual([]);
  });
});
