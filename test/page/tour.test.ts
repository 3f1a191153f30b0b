import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createDesk, type Desk } from '../support/command.ts';
import { describeInBrowser, thereIsABrowser } from './browser.ts';

// Not the console: Jest keeps that of a file in which everything is skipped to itself.
if (!thereIsABrowser) process.stderr.write('Skipped: the page in a browser. To run it: apt-get install chromium\n');

describeInBrowser('from npm start to the failed release', ({ open, picture }) => {
  let desk: Desk;
  beforeEach(async () => {
    desk = await createDesk();
  });
  afterEach(() => desk.close());

  test('a newcomer sees what failed, why, who was told, and how it came to that', async () => {
    // A failure of the story lasts seven of its seconds, so a look each six of them sees it.
    const start = desk.open(['start', '--port', '0', '--speed', '6', '--every', '1s']);
    const [url] = await start.until(/http:\/\/127\.0\.0\.1:\d+/);
    const page = await open(url);
    await page.getByRole('tabpanel', { name: 'Slack' }).waitFor();
    await picture(page, 'tour-1-started');

    const failed = page.getByRole('link', { name: /Release failed/ }).first();
    await failed.waitFor({ timeout: 60_000 });
    await failed.click();
    const message = page.getByRole('tabpanel', { name: 'Slack' });
    await message.getByText('2 components failed').waitFor();
    expect(await message.innerText()).toMatch(/cart.*ImagePullBackOff.*pricing.*readiness probe failed/s);
    expect(await page.getByRole('region', { name: 'Deliveries' }).innerText()).toMatch(/inbox.*Shown here/s);
    await picture(page, 'tour-2-failed');

    const heading = page.getByRole('article').getByRole('heading', { level: 2 });
    await heading.getByRole('link').click();
    await page.waitForURL(/\/plans\?plan=/);
    const story = page.getByRole('list', { name: /went through/ });
    expect(await story.innerText()).toMatch(/Release failed.*ImagePullBackOff.*New release plan/s);
    const bar = page.locator('.segment.bad').first();
    await bar.hover();
    expect(await page.locator('.tip').innerText()).toMatch(/Failed.*\d\d:\d\d:\d\d.*ImagePullBackOff/s);
    await picture(page, 'tour-3-plan');
  }, 120_000);
});
