import { afterEach, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import type { TellingStyle } from '../../lib/core/config.ts';
import { botDestination, openBotRoom } from '../support/bot-rooms.ts';
import { describeInBrowser, phone, sticksOut } from './browser.ts';
import { openShop, type Shop } from './shop.ts';

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of cleanups.splice(0)) await close();
});

/** A team in Slack that is told in that style, and one that is told by posts. */
async function shopTold(style: TellingStyle): Promise<Shop> {
  const destinations = { team: botDestination(style), releases: { kind: 'slack', url: 'env:SLACK' } };
  const shop = await openShop({ config: { destinations } });
  const slack = await openBotRoom(shop.world, 'team');
  cleanups.push(slack.close, shop.close);
  shop.world.cloud.failures = { a: [{ component: 'cart', reason: 'image pull failed' }] };
  await shop.look([]);
  return shop;
}

const panel = (page: Page) => page.getByRole('tabpanel');
const team = (page: Page) => page.getByRole('region', { name: 'Deliveries' }).getByRole('listitem').first();
const below = (page: Page) => page.getByRole('list', { name: 'Said as well' }).locator('> li');
const queryOf = (page: Page) => Object.fromEntries(new URL(page.url()).searchParams);

describeInBrowser('a plan as one message', ({ open, picture }) => {
  test('stands there as in its chat, with what rang below it, and changes by itself', async () => {
    const shop = await shopTold('living');
    await shop.goThrough(['CREATED', 'RELEASING', 'FAILED']);
    const page = await open(`${shop.url}/?event=shop-000000000004-0`);
    await panel(page).getByText('One message for this plan, edited twice: as it stands now.').waitFor();
    expect(await panel(page).innerText()).toMatch(/Release failed: release-a.*So far.*new → To release.*03:01/s);
    expect(await below(page).allInnerTexts()).toEqual([
      expect.stringMatching(/^In its thread, and it rings.*Release failed: release-a.*image pull failed/s),
    ]);
    expect(await team(page).innerText()).toMatch(
      /Delivered.*Edited into the message of 03:01:00.*in its thread.*no bell/s,
    );

    await shop.goThrough(['SUCCESS']);
    await panel(page).getByText('Release succeeded: release-a · shop').first().waitFor();
    await below(page).nth(1).waitFor();
    // Where the reader came from is marked.
    expect(await below(page).first().getAttribute('aria-current')).toBe('true');
    await picture(page, 'living');

    await team(page).getByRole('link', { name: '03:01:00' }).click();
    await team(page).getByText('By the post that is the plan’s message since.').waitFor();
    expect(queryOf(page)).toEqual({ event: 'shop-000000000002-0' });
    await page.keyboard.press('3');
    await page.getByText('one living message').waitFor();
  });

  test('is shown for any plan, by any chat that can; of one that cannot it says which can', async () => {
    const shop = await shopTold('each');
    await shop.goThrough(['CREATED', 'FAILED']);
    const page = await open(`${shop.url}/?as=slack`);
    const choices = page.getByRole('group', { name: 'Told as' }).getByRole('button');
    await choices.first().waitFor();
    expect(await choices.allInnerTexts()).toEqual(['A post a change', 'One living message', 'A thread']);
    await page.getByRole('button', { name: 'A post a change', pressed: true }).waitFor();
    await page.getByRole('button', { name: 'One living message' }).focus();
    await page.keyboard.press('Enter');
    await panel(page).getByText('Slack cannot edit its messages, so each change is a post.').waitFor();
    await picture(page, 'living-unable');

    await panel(page).getByRole('link', { name: 'Telegram' }).click();
    await panel(page).getByText('One message for this plan, edited once.').waitFor();
    expect(await below(page).allInnerTexts()).toEqual([expect.stringMatching(/^As an answer to it, and it rings/)]);
    expect(queryOf(page)).toEqual({ as: 'telegram', style: 'living' });
    await page.reload();
    await panel(page).getByText('One message for this plan').waitFor();
    await page.getByRole('button', { name: 'A thread' }).click();
    await panel(page).getByText('Telegram has no threads, so each change is a post.').waitFor();
    await page.getByRole('tab', { name: 'Google Chat' }).click();
    await panel(page).getByText('One thread for this plan, one post in it.').waitFor();
    await page.getByRole('button', { name: 'A post a change' }).click();
    await panel(page).getByText('One thread').waitFor({ state: 'detached' });
  });

  test('is a link away from the plan', async () => {
    const shop = await shopTold('each');
    await shop.goThrough(['CREATED', 'RELEASING', 'SUCCESS']);
    const page = await open(`${shop.url}/plans?plan=a`);
    await page.getByRole('link', { name: 'As one living message' }).click();
    await panel(page).getByText('One message for this plan, edited twice.').waitFor();
    expect(queryOf(page)).toEqual({ event: 'shop-000000000004-0', style: 'living', as: 'slack-bot' });
  });

  test('a notice is a post, and there is nothing to choose', async () => {
    const shop = await shopTold('living');
    const page = await open(`${shop.url}/?style=living`);
    await panel(page).getByText('Now watching 0 release plans').first().waitFor();
    expect(await page.getByRole('group', { name: 'Told as' }).count()).toBe(0);
    expect(await panel(page).getByText('cannot edit').count()).toBe(0);
  });

  test.each(['light', 'dark'] as const)('on a phone, in %s', async (colorScheme) => {
    const shop = await shopTold('living');
    await shop.goThrough(['CREATED', 'FAILED', 'SUCCESS'], { name: 'W'.repeat(300) });
    const page = await open(`${shop.url}/?event=shop-000000000003-0`, { viewport: phone, colorScheme });
    await below(page).nth(1).waitFor();
    expect(await sticksOut(page)).toBe(false);
    await picture(page, `phone-living-${colorScheme}`);
  });
});

describeInBrowser('a plan as one thread', ({ open, picture }) => {
  test('opens with its first post; what follows stands in it, and what rang is marked', async () => {
    const shop = await shopTold('thread');
    await shop.goThrough(['CREATED', 'RELEASING', 'FAILED']);
    const page = await open(`${shop.url}/?event=shop-000000000003-0`);
    await panel(page).getByText('One thread for this plan, 2 posts in it: as it stands now.').waitFor();
    expect(await panel(page).locator('.slack-header').first().innerText()).toContain('New release plan: release-a');
    expect(await below(page).allInnerTexts()).toEqual([
      expect.stringMatching(/^In its thread\n.*Release is under way/s),
      expect.stringMatching(/^In its thread, and it rings\n.*Release failed/s),
    ]);
    expect(await team(page).innerText()).toMatch(/In its thread, below the message of 03:01:00/);
    await picture(page, 'thread');
  });
});
