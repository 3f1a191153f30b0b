import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { SourceError } from '../../lib/core/source-error.ts';
import { describeInBrowser, phone, sticksOut } from './browser.ts';
import { openShop, type Shop } from './shop.ts';

let shop: Shop;
beforeEach(async () => {
  shop = await openShop();
});
afterEach(() => shop.close());

const now = () => ({ at: new Date(shop.world.clock.ms) });

async function breakEverything(): Promise<void> {
  await shop.goThrough(['CREATED']);
  shop.world.answers['releases'] = [1, 2].map(() => ({ kind: 'rejected', reason: 'HTTP 400: invalid_blocks' }));
  shop.world.answers['oncall'] = [{ kind: 'misconfigured', reason: 'HTTP 410: gone' }];
  await shop.goThrough(['FAILED']);
  shop.world.cloud.plans = new SourceError('HTTP 403 APIGW.0302: no', 'Give the user the right.');
  await shop.look();
  await shop.look();
}

describeInBrowser('health', ({ open, picture }) => {
  test('when all is well', async () => {
    await shop.goThrough(['CREATED', 'SUCCESS']);
    const page = await open(`${shop.url}/health`, now());
    await page.getByText('Can be read').waitFor();
    expect(await page.getByText('Messages get through').count()).toBe(2);
    await page.getByText('None: nothing was given up.').waitFor();
    expect(await page.getByRole('banner').innerText()).toContain('All is well');
    expect(await page.getByRole('listitem').filter({ hasText: 'releases' }).innerText()).toMatch(/Pace\s+1 a second/);
  });

  test('a source and a destination that fail: since when, why, and what waits', async () => {
    await breakEverything();
    const page = await open(`${shop.url}/health`, now());
    const source = page.getByRole('listitem').filter({ hasText: 'ap-southeast-3' });
    expect(await source.innerText()).toMatch(
      /Cannot be read.*Last good look\s+3 min ago.*Failing since\s+03:02:00 \(2 looks\).*HTTP 403 APIGW.0302: no/s,
    );
    const oncall = page.getByRole('listitem').filter({ hasText: 'oncall' }).first();
    expect(await oncall.innerText()).toMatch(
      /Messages do not get through.*Waiting\s+1.*Failing since\s+03:01:00.*Next try\s+04:01:00.*HTTP 410: gone/s,
    );
    await picture(page, 'health');
  });

  test('of a destination whose message was given up it is not said that all gets through', async () => {
    await breakEverything();
    const page = await open(`${shop.url}/health`, now());
    const releases = page.getByRole('listitem').filter({ hasText: 'releases' }).first();
    expect(await releases.innerText()).toMatch(/Messages were given up: see below/);
    expect(await page.getByText('Messages get through').count()).toBe(0);
  });

  test('on a phone what is above fits into two rows, though something is wrong', async () => {
    await breakEverything();
    const page = await open(`${shop.url}/health`, { ...now(), viewport: phone });
    await page.getByText('Needs attention').waitFor();
    const middle = async (role: 'button' | 'combobox' | 'navigation') => {
      const box = await page.getByRole('banner').getByRole(role).first().boundingBox();
      return (box?.y ?? 0) + (box?.height ?? 0) / 2;
    };
    const row = await middle('navigation');
    for (const role of ['combobox', 'button'] as const) expect(Math.abs((await middle(role)) - row)).toBeLessThan(8);
  });

  test('a dead letter: what it said, why it was given up, and the command that sends it again', async () => {
    await breakEverything();
    const page = await open(`${shop.url}/health`, { ...now(), permissions: ['clipboard-read', 'clipboard-write'] });
    const letters = page.getByRole('region', { name: 'Dead letters' });
    expect(await letters.innerText()).toMatch(
      /releases 1 given up.*Release failed: release-a.*1 try.*HTTP 400: invalid_blocks/s,
    );
    const command = 'npx planwatch backfill --dead-letters --destinations releases';
    await letters.getByText(command).waitFor();
    await letters.getByRole('button', { name: 'Copy' }).click();
    await letters.getByRole('button', { name: 'Copied' }).waitFor();
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(command);
    await letters.getByRole('link', { name: /Release failed/ }).click();
    await page.getByRole('tabpanel').getByText('Release failed').first().waitFor();
  });

  test('every view says that something is wrong, and leads here', async () => {
    await breakEverything();
    const page = await open(shop.url, now());
    await page.getByText('The release plans of shop cannot be read').waitFor();
    await page.getByRole('link', { name: 'And 2 more: see Health' }).click();
    await page.getByRole('heading', { name: 'Sources' }).waitFor();
    expect(await page.title()).toBe('(!) Health · planwatch');
  });

  test('a state that cannot be read is said in its own words', async () => {
    await shop.goThrough(['CREATED']);
    const page = await open(shop.url);
    await page.getByText('Now watching').first().waitFor();
    shop.world.objects.set('health/shop.json', '{"v":2}');
    await shop.look().catch(() => undefined);
    await page.reload();
    await page.getByText(/written by a newer planwatch/).waitFor();
  });

  test('on a phone', async () => {
    await breakEverything();
    const page = await open(`${shop.url}/health`, { ...now(), viewport: phone, colorScheme: 'dark' });
    await page.getByRole('heading', { name: 'Dead letters' }).waitFor();
    expect(await sticksOut(page)).toBe(false);
    await picture(page, 'phone-health-dark');
  });
});
