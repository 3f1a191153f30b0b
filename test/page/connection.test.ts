import { expect, test } from '@jest/globals';
import { describeInBrowser } from './browser.ts';
import { openShop } from './shop.ts';

describeInBrowser('the connection', ({ open, picture }) => {
  test('when planwatch ends the page says so, keeps what it has, and goes on when planwatch is back', async () => {
    const shop = await openShop();
    await shop.goThrough(['CREATED', 'FAILED']);
    const page = await open(shop.url);
    await page.getByText('All is well').waitFor();
    await page.getByText('Release failed: release-a · shop').waitFor();
    await shop.close();
    await page.getByText('Connection lost, reconnecting.').waitFor();
    await page.getByText('Release failed: release-a · shop').waitFor();
    expect(await page.title()).toBe('(!) Messages · planwatch');
    await picture(page, 'connection-lost');
    await page.getByRole('link', { name: /Now watching/ }).click();
    await page.getByText('It cannot be read').waitFor();

    await shop.comeBack();
    await page.getByRole('tabpanel').getByText('Now watching 1 release plan in shop').waitFor();
    await page.goBack();
    await shop.goThrough(['SUCCESS']);
    await page.getByText('Release succeeded: release-a · shop').waitFor();
    await page.getByText('Connection lost, reconnecting.').waitFor({ state: 'detached' });
    expect(await page.getByRole('list', { name: 'Events, newest first' }).getByRole('link').count()).toBe(3);
    await shop.close();
  }, 60_000);
});
