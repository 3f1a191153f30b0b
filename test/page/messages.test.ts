import { afterEach, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { becomes, countElements, describeInBrowser, phone, sticksOut } from './browser.ts';
import { openShop, type Shop, type ShopOptions } from './shop.ts';

const shops: Shop[] = [];
afterEach(async () => {
  for (const shop of shops.splice(0)) await shop.close();
});

async function shopWith(options: ShopOptions = {}): Promise<Shop> {
  const shop = await openShop(options);
  shops.push(shop);
  return shop;
}

const rows = (page: Page) => page.getByRole('list', { name: 'Events, newest first' }).getByRole('link');
const titles = (page: Page) => rows(page).locator('b').allInnerTexts();
const article = (page: Page) => page.getByRole('article');
const panel = (page: Page) => page.getByRole('tabpanel');
const addressOf = (page: Page) => new URL(page.url()).search;

describeInBrowser('messages', ({ open, picture }) => {
  test('an event comes by itself, on top, is said to a screen reader, and is shown as its chat shows it', async () => {
    const shop = await shopWith();
    await shop.goThrough(['CREATED']);
    const page = await open(shop.url);
    await rows(page).first().waitFor();
    expect(await titles(page)).toEqual(['Now watching 1 release plan in shop']);
    await shop.goThrough(['FAILED']);
    await rows(page).nth(1).waitFor();
    expect(await titles(page)).toEqual(['release-a', 'Now watching 1 release plan in shop']);
    await page.getByRole('status').getByText('Release failed: release-a').waitFor();
    await panel(page).getByText('Release failed: release-a · shop').waitFor();
  });

  test('whoever reads further down stays there when events come', async () => {
    const shop = await shopWith();
    await shop.goThrough(Array.from({ length: 60 }, (_, index) => (index % 2 ? 'RELEASING' : 'SUCCESS')));
    const page = await open(shop.url);
    await rows(page).first().waitFor();
    await page.evaluate('document.querySelector(".windowed").scrollTop = 1500');
    const read = page.locator('[data-index="26"]');
    const [time, top] = [await read.locator('time').innerText(), (await read.boundingBox())?.y];
    await shop.goThrough(['SUCCESS', 'RELEASING']);
    await page.locator('[aria-setsize="62"]').first().waitFor();
    const moved = page.locator('[data-index="28"]');
    expect([await moved.locator('time').innerText(), (await moved.boundingBox())?.y]).toEqual([time, top]);
  });

  test('a filter is in the address: it survives a reload, can be sent, and the back button undoes it', async () => {
    const shop = await shopWith();
    await shop.goThrough(['CREATED', 'RELEASING', 'FAILED', 'SUCCESS']);
    const page = await open(shop.url);
    await page.getByRole('button', { name: /^Failed 1/ }).click();
    await rows(page).nth(1).waitFor({ state: 'detached' });
    expect([await titles(page), addressOf(page)]).toEqual([['release-a'], '?class=bad']);
    await panel(page).getByText('Release failed: release-a').waitFor();
    await page.reload();
    await rows(page).first().waitFor();
    expect(await titles(page)).toEqual(['release-a']);
    expect(await page.getByRole('button', { name: /^Failed/ }).getAttribute('aria-pressed')).toBe('true');
    await page.getByRole('button', { name: /^Succeeded/ }).click();
    await rows(page).nth(1).waitFor();
    expect(addressOf(page)).toBe('?class=bad%2Cgood');
    await page.goBack();
    await rows(page).nth(1).waitFor({ state: 'detached' });
    await page.getByRole('link', { name: 'Clear' }).click();
    await rows(page).nth(3).waitFor();
    expect(addressOf(page)).toBe('');
  });

  test('/ begins a search in names, reasons and destinations; Escape ends it', async () => {
    const shop = await shopWith();
    shop.world.cloud.failures = { a: [{ component: 'cart', reason: 'image pull failed' }] };
    await shop.goThrough(['CREATED', 'FAILED']);
    const page = await open(shop.url);
    await rows(page).nth(1).waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('IMAGE cart');
    await rows(page).nth(1).waitFor({ state: 'detached' });
    expect([await titles(page), addressOf(page)]).toEqual([['release-a'], '?q=IMAGE+cart']);
    const longer = ' and a teapot, typed faster than anything is drawn';
    await page.keyboard.type(longer);
    expect(await page.getByRole('searchbox').inputValue()).toBe(`IMAGE cart${longer}`);
    await page.getByText('No event fits.').waitFor();
    await page.keyboard.press('Escape');
    await rows(page).nth(1).waitFor();
    expect(addressOf(page)).toBe('');
  });

  test('by source and by plan', async () => {
    const shop = await shopWith({ others: ['mill'] });
    await shop.look([{ id: 'a' }]);
    await shop.look([{ id: 'a', status: 'FAILED' }, { id: 'b' }]);
    const page = await open(shop.url);
    await rows(page).nth(2).waitFor();
    await page.getByRole('combobox', { name: 'Source' }).selectOption('mill');
    await page.getByText('No event fits.').waitFor();
    await page.getByRole('link', { name: 'Show all events' }).click();
    await rows(page).filter({ hasText: 'release-a' }).click();
    await page.getByRole('link', { name: 'Only this plan' }).click();
    await rows(page).nth(1).waitFor({ state: 'detached' });
    expect(await titles(page)).toEqual(['release-a']);
    expect(new URL(page.url()).searchParams.get('plan')).toBe('a');
    await page.getByRole('link', { name: 'Plan release-a: show all plans again' }).click();
    await rows(page).nth(2).waitFor();
  });

  test('a link leads to one event, however far down; to one that is not there, it says so', async () => {
    const shop = await shopWith();
    await shop.goThrough(Array.from({ length: 80 }, (_, index) => (index % 2 ? 'RELEASING' : 'SUCCESS')));
    const page = await open(`${shop.url}/?event=shop-000000000003-0`);
    await article(page).getByText('shop-000000000003-0').first().waitFor();
    const current = page.locator('.event[aria-current]');
    await current.waitFor();
    expect(await current.locator('xpath=..').getAttribute('aria-posinset')).toBe('78');
    await page.goto(`${shop.url}/?event=shop-000000009999-0`);
    await page.getByText('There is no such event among those shown.').waitFor();
    await page.getByRole('link', { name: 'Show the newest' }).click();
    await panel(page).getByText('Release is under way').waitFor();
  });

  test('the same event as each kind of chat gets it; what a card needs is loaded by those who look at one', async () => {
    const shop = await shopWith();
    await shop.goThrough(['CREATED', 'FAILED']);
    const page = await open(shop.url);
    const scripts: string[] = [];
    page.on('request', (request) => {
      if (request.resourceType() === 'script') scripts.push(request.url());
    });
    await panel(page).getByText('Release failed: release-a · shop').waitFor();
    expect(await panel(page).locator('.slack .badge').innerText()).toBe('APP');
    expect(scripts).toEqual([]);

    await page.getByRole('tab', { name: 'Webhook' }).click();
    await panel(page).getByText('webhook-id').waitFor();
    const body = JSON.parse(await panel(page).locator('pre').innerText());
    expect(body).toMatchObject({ id: 'shop-000000000002-0', plan: { status: 'FAILED' } });
    expect(addressOf(page)).toBe('?as=webhook');
    await picture(page, 'kind-webhook');

    await page.getByRole('tab', { name: 'Teams' }).click();
    const card = panel(page).locator('.ac-adaptiveCard');
    await card.waitFor();
    expect(await card.innerText()).toMatch(/Release failed: release-a · shop.*Status.*Creator\s+wzh/s);
    expect(scripts.length).toBeGreaterThan(0);
    await picture(page, 'kind-teams');

    await page.getByRole('tab', { name: 'Feishu' }).click();
    await panel(page).locator('.plain-card').waitFor();
    expect(await panel(page).innerText()).toMatch(/❌ Release failed: release-a · shop/);
    expect(await panel(page).getByRole('link', { name: 'Open ServiceStage' }).getAttribute('href')).toMatch(
      /^https:\/\/console\./,
    );
    await picture(page, 'kind-plain');

    await page.reload();
    await panel(page).locator('.plain-card').waitFor();
    expect(await page.getByRole('tab', { selected: true }).innerText()).toBe('Feishu');
    await page.getByRole('tab', { selected: true }).press('Home');
    await panel(page).locator('.slack').waitFor();
    expect(await page.locator(':focus').innerText()).toMatch(/^Slack/);
    await page.keyboard.press('ArrowLeft');
    await panel(page).locator('.slack').waitFor({ state: 'detached' });
  });

  test('the same event in another language, which is in the address', async () => {
    const shop = await shopWith();
    await shop.goThrough(['CREATED', 'FAILED']);
    const page = await open(shop.url);
    await panel(page).getByText('Release failed: release-a').waitFor();
    await page.getByRole('button', { name: '中文' }).click();
    await panel(page).getByText('发布失败').first().waitFor();
    await page.getByRole('button', { name: '中文', pressed: true }).waitFor();
    expect(addressOf(page)).toBe('?lang=zh');
    await picture(page, 'language-chinese');
    await page.reload();
    await panel(page).getByText('发布失败').first().waitFor();
  });

  test("what became of each delivery, in the provider's words", async () => {
    const shop = await shopWith();
    await shop.goThrough(['CREATED']);
    shop.world.answers['releases'] = [
      { kind: 'rejected', reason: 'HTTP 400: invalid_blocks' },
      { kind: 'rejected', reason: 'HTTP 400: no_text' },
    ];
    shop.world.answers['oncall'] = [{ kind: 'retry', reason: 'HTTP 503: busy' }];
    await shop.goThrough(['FAILED']);
    const page = await open(shop.url);
    const deliveries = page.getByRole('region', { name: 'Deliveries' });
    await deliveries.getByText('Given up').waitFor();
    const [releases, oncall] = await deliveries.getByRole('listitem').allInnerTexts();
    expect(releases).toMatch(/releases Slack.*Given up.*no_text/s);
    expect(oncall).toMatch(/oncall Webhook.*Not delivered yet.*HTTP 503: busy.*Next try/s);
    expect(await rows(page).first().innerText()).toContain('given up');
    await picture(page, 'deliveries');
    shop.world.answers['oncall'] = [{ kind: 'accepted' }];
    await shop.look();
    await deliveries.getByText('Taken in').waitFor();
    expect(await deliveries.innerText()).toContain('2 tries');
  });

  test('an event that was told in a digest leads to the digest', async () => {
    const shop = await shopWith();
    await shop.look([{ id: 'a' }]);
    await shop.look(Array.from({ length: 12 }, (_, index) => ({ id: `p${index}`, status: 'FAILED' })));
    const page = await open(shop.url);
    await page.getByRole('link', { name: 'In a digest of 12' }).first().click();
    await page.getByRole('heading', { name: /^12 changes/ }).waitFor();
    await panel(page).getByText('release-p11').first().waitFor();
  });

  test('the keyboard is enough', async () => {
    const shop = await shopWith();
    await shop.goThrough(['CREATED', 'RELEASING', 'FAILED', 'SUCCESS']);
    const page = await open(shop.url);
    await rows(page).nth(3).waitFor();
    await page.keyboard.press('Tab');
    expect(await page.locator(':focus').innerText()).toBe('Skip to the content');
    await rows(page).first().focus();
    await page.keyboard.press('ArrowDown');
    await article(page).getByText('shop-000000000003-0').first().waitFor();
    expect(await page.locator(':focus').innerText()).toContain('Release failed');
    await page.keyboard.press('End');
    await article(page).getByText('shop-000000000001-0').first().waitFor();
    // One stop for the whole list.
    expect(await page.locator('.event[tabindex="0"]').count()).toBe(1);
    await page.keyboard.press('Home');
    await page.keyboard.press('?');
    const help = page.getByRole('dialog', { name: 'Keys' });
    await help.waitFor();
    await picture(page, 'help');
    await page.keyboard.press('Escape');
    await help.waitFor({ state: 'hidden' });
    await page.keyboard.press('2');
    await page.waitForURL('**/plans');
    await page.keyboard.press('3');
    await page.getByRole('heading', { name: 'Sources' }).waitFor();
  });

  test.each([
    ['a wide screen', undefined],
    ['a phone', phone],
  ])('what people type does nothing, on %s', async (_where, viewport) => {
    const shop = await shopWith();
    const long = 'W'.repeat(300);
    const name = `<img src=x onerror=alert(1)><script>alert(2)</script>[x](javascript:alert(3)) **b** \u202Egnp.exe <!here> ${long}`;
    shop.world.cloud.failures = { a: [{ component: '<svg onload=alert(4)>', reason: `"'\`&amp;${long}` }] };
    await shop.goThrough(['CREATED', 'FAILED'], { name });
    const page = await open(`${shop.url}/?event=shop-000000000002-0`, viewport ? { viewport } : {});
    for (const as of ['slack', 'webhook', 'teams', 'feishu']) {
      await page.goto(`${shop.url}/?event=shop-000000000002-0&as=${as}`);
      await panel(page).getByText('onerror=alert(1)').first().waitFor();
      expect([as, await sticksOut(page)]).toEqual([as, false]);
      expect([
        as,
        await countElements(page, 'img:not([src="/icon.svg"]), svg[onload], script:not([src="/app.js"])'),
      ]).toEqual([as, 0]);
      expect([as, await countElements(page, 'a[href^="javascript"]')]).toEqual([as, 0]);
    }
    expect(await page.locator('.event b').first().innerText()).toContain('·gnp.exe');
    await picture(page, `hostile-${viewport ? 'phone' : 'desktop'}`);
    await page.goto(`${shop.url}/plans?plan=a`);
    await page.getByRole('list', { name: /went through/ }).waitFor();
    expect(await sticksOut(page)).toBe(false);
  });

  test('on a phone the list and the message are two pages', async () => {
    const shop = await shopWith();
    await shop.goThrough(['CREATED', 'FAILED']);
    const page = await open(shop.url, { viewport: phone });
    await rows(page).first().waitFor();
    expect(await panel(page).isVisible()).toBe(false);
    await picture(page, 'phone-list');
    await rows(page).first().click();
    await panel(page).getByText('Release failed').first().waitFor();
    expect(await rows(page).first().isVisible()).toBe(false);
    expect(await sticksOut(page)).toBe(false);
    await picture(page, 'phone-message');
    await page.getByRole('link', { name: 'All events' }).click();
    await rows(page).first().waitFor();
  });

  test.each(['light', 'dark'] as const)('in %s', async (colorScheme) => {
    const shop = await shopWith();
    await shop.goThrough(['CREATED', 'RELEASING', 'FAILED']);
    const page = await open(shop.url, { colorScheme });
    await panel(page).getByText('Release failed').first().waitFor();
    const grounds = { light: 'rgb(246, 246, 249)', dark: 'rgb(16, 17, 22)' };
    const isIn = (scheme: 'light' | 'dark') =>
      becomes(page, 'getComputedStyle(document.documentElement).backgroundColor', grounds[scheme]);
    await isIn(colorScheme);
    await picture(page, `messages-${colorScheme}`);
    const other = colorScheme === 'dark' ? 'light' : 'dark';
    await page.getByRole('combobox', { name: 'Colours' }).selectOption(other);
    await isIn(other);
    await page.reload();
    await isIn(other);
  });

  test.each([
    ['nobody has looked yet', {}, 'Watching…'],
    ['only a store is shown', { readOnly: true }, 'npx planwatch start'],
  ])('with nothing to show, it says what to do: %s', async (_when, options, words) => {
    const shop = await shopWith(options);
    const page = await open(shop.url);
    await page.getByText(words).first().waitFor();
    await picture(page, `empty-${'readOnly' in options ? 'read-only' : 'watching'}`);
  });
});
