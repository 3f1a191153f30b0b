import { writeFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { countElements, describeInBrowser } from './browser.ts';
import { openShop } from './shop.ts';

const many = 10_000;
/** A screen of rows and the rest of the page; ten thousand rows would be a hundred times that. */
const mostElements = 1_500;

const watchFrames = `
  window.slowFrames = 0;
  new PerformanceObserver((list) => { window.slowFrames += list.getEntries().length; })
    .observe({ type: 'long-animation-frame' });`;

describeInBrowser('ten thousand events', ({ open, picture }) => {
  test('are scrolled and searched with a screen of elements', async () => {
    const shop = await openShop();
    await shop.world.poll();
    for (let look = 0; look < many / 10; look++) {
      const status = look % 2 ? 'SUCCESS' : look % 50 ? 'RELEASING' : 'FAILED';
      await shop.look(
        Array.from({ length: 10 }, (_, index) => ({ id: `p${index}`, name: `plan-${index}-${look}`, status })),
      );
    }
    const page = await open('about:blank');
    await page.addInitScript(watchFrames);
    await page.goto(shop.url);
    await page.locator(`[aria-setsize="${many}"]`).first().waitFor({ timeout: 60_000 });
    const counts = [await countElements(page)];

    const list = page.locator('.windowed');
    await list.hover();
    for (let step = 0; step < 40; step++) {
      await page.mouse.wheel(0, 700);
      counts.push(await countElements(page));
    }
    await page.locator('.event').first().focus();
    await page.keyboard.press('End');
    await page.locator(`[aria-posinset="${many}"]`).waitFor();
    counts.push(await countElements(page));

    await page.keyboard.press('/');
    await page.keyboard.type('plan-3-998', { delay: 5 });
    await page.locator('[aria-setsize="1"]').waitFor();
    counts.push(await countElements(page));
    expect(await page.locator('.event b').innerText()).toBe('plan-3-998');
    await picture(page, 'many-events');

    expect(Math.max(...counts)).toBeLessThan(mostElements);
    // How smooth it was depends on the machine, so it is written down, and nothing fails of it.
    const slowFrames = await page.evaluate('window.slowFrames');
    const figures = { events: many, mostElements: Math.max(...counts), framesOver50ms: slowFrames };
    await writeFile(new URL('../../.artifacts/page.json', import.meta.url), `${JSON.stringify(figures)}\n`);
    await shop.close();
  }, 180_000);
});
