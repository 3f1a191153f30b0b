import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { describeInBrowser, phone, sticksOut } from './browser.ts';
import { openShop, type Shop } from './shop.ts';

let shop: Shop;
beforeEach(async () => {
  shop = await openShop();
});
afterEach(() => shop.close());

/** The page at the moment of the last look. */
const now = () => ({ at: new Date(shop.world.clock.ms) });

async function goThroughAll(): Promise<void> {
  shop.world.cloud.failures = { a: [{ component: 'cart', reason: 'image pull failed' }] };
  await shop.look([{ id: 'a' }, { id: 'b', status: 'SUCCESS' }]);
  await shop.look([
    { id: 'a', status: 'RELEASING' },
    { id: 'b', status: 'SUCCESS' },
  ]);
  await shop.look([{ id: 'a', status: 'FAILED' }]);
  await shop.look([{ id: 'a', status: 'FAILED' }, { id: 'c' }]);
}

const focused = (page: Page) => page.locator(':focus').innerText();

describeInBrowser('plans', ({ open, picture }) => {
  test('as they are now, each with its states over time, failures marked', async () => {
    await goThroughAll();
    const page = await open(`${shop.url}/plans`, now());
    const table = page.getByRole('table');
    await table.waitFor();
    const [, ...plans] = await table.getByRole('row').allInnerTexts();
    expect(plans.map((text) => text.replace(/\s+/g, ' '))).toEqual([
      expect.stringMatching(/release-c .*Waiting CREATED · 1 min ago/),
      expect.stringMatching(/release-a .*Failed FAILED · 2 min ago/),
      expect.stringMatching(/release-b .*No longer listed SUCCESS · 1 min ago/),
    ]);
    const bars = page.getByRole('list', { name: 'States of release-a' }).getByRole('link');
    expect(await bars.allInnerTexts()).toEqual([
      'Waiting: CREATED, 03:00:00 to 03:01:00, 1 min',
      'Under way: RELEASING, 03:01:00 to 03:02:00, 1 min',
      'Failed: FAILED, since 03:02:00, 2 min. cart: image pull failed',
    ]);
    const widths = await Promise.all((await bars.all()).map(async (bar) => (await bar.boundingBox())?.width ?? 0));
    expect((widths[2] ?? 0) / (widths[1] ?? 1)).toBeCloseTo(2, 0);
    await picture(page, 'plans');
  });

  test('a state tells its times and its reasons to the mouse and to the keyboard, and leads to its event', async () => {
    await goThroughAll();
    const page = await open(`${shop.url}/plans`, now());
    const tip = page.locator('.tip');
    await page.locator('.segment.bad').hover();
    expect(await tip.innerText()).toMatch(/Failed FAILED.*since 03:02:00, 2 min.*cart: image pull failed/s);
    await page.mouse.move(0, 0);
    await tip.waitFor({ state: 'detached' });

    expect(await page.locator('.segment[tabindex="0"]').count()).toBe(1);
    await page.locator('.segment[tabindex="0"]').focus();
    expect(await focused(page)).toMatch(/^Waiting: CREATED, since 03:03:00/);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Home');
    const walked = [await focused(page)];
    await page.keyboard.press('ArrowRight');
    walked.push(await focused(page));
    await page.keyboard.press('End');
    walked.push(await focused(page));
    expect(walked.map((text) => text.split(':')[0])).toEqual(['Waiting', 'Under way', 'Failed']);
    expect(await tip.innerText()).toContain('cart: image pull failed');
    await picture(page, 'plans-keyboard');
    await page.keyboard.press('Enter');
    await page.waitForURL(/event=shop-000000000003-/);
    await page.getByRole('tabpanel').getByText('Release failed').first().waitFor();
  });

  test('a link opens one plan with all that it went through', async () => {
    await goThroughAll();
    const page = await open(`${shop.url}/plans?plan=a&class=good`, now());
    const story = page.getByRole('list', { name: 'What release-a went through, newest first' });
    expect(await story.getByRole('listitem').allInnerTexts()).toEqual([
      expect.stringMatching(/03:02:00.*Release failed.*cart: image pull failed/s),
      expect.stringMatching(/03:01:00.*Release is under way/s),
      expect.stringMatching(/03:00:00.*There when planwatch first looked/s),
    ]);
    await page.getByRole('link', { name: 'release-a', expanded: true }).click();
    await story.waitFor({ state: 'detached' });
    expect(new URL(page.url()).search).toBe('?class=good');
  });

  test('by class and by words, and over the span that is asked for', async () => {
    await goThroughAll();
    const page = await open(`${shop.url}/plans`, now());
    await page.getByRole('button', { name: /^Failed 1/ }).click();
    await page.getByRole('row', { name: /release-c/ }).waitFor({ state: 'detached' });
    await page.getByRole('searchbox').fill('nothing of that name');
    await page.getByText('No plan fits.').waitFor();
    await page.getByRole('link', { name: 'Clear' }).click();
    await page.getByRole('combobox', { name: 'The last' }).selectOption('30d');
    await page.waitForURL('**/plans?range=30d');
    expect(await page.locator('.ticks').innerText()).toMatch(/Nov/);
  });

  test('on a phone', async () => {
    await goThroughAll();
    const page = await open(`${shop.url}/plans`, { ...now(), viewport: phone });
    await page.locator('.segment.bad').waitFor();
    expect(await sticksOut(page)).toBe(false);
    await picture(page, 'phone-plans');
  });

  test('before there is any', async () => {
    await shop.look([]);
    const page = await open(`${shop.url}/plans`, now());
    await page.getByText('No release plan is listed yet.').waitFor();
  });
});
