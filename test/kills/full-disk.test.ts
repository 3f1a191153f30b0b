import { existsSync, readFileSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { besiegeDesk, type LocalSiege } from './desk.ts';
import { createRandom } from './random.ts';
import { seed } from './siege.ts';
import { createSmallDisk, type SmallDisk } from './small-disk.ts';

let disk: SmallDisk;
beforeAll(async () => {
  disk = await createSmallDisk();
});
afterAll(() => disk.close());

let siege: LocalSiege;
let fillAtSlack = false;
beforeEach(async () => {
  fillAtSlack = false;
  siege = await besiegeDesk({
    disk,
    onSlack() {
      if (fillAtSlack) disk.fill();
      fillAtSlack = false;
    },
  });
});
afterEach(async () => {
  await siege.close();
  disk.free();
  await rm(siege.stateFolder, { recursive: true, force: true });
});

/** Files that a reader would take for an object or a message, and that are not whole. */
async function halfWritten(): Promise<string[]> {
  const names = await readdir(siege.stateFolder, { recursive: true });
  return names.filter((name) => name.endsWith('.json') && !isWhole(join(siege.stateFolder, name)));
}

function isWhole(path: string): boolean {
  try {
    JSON.parse(readFileSync(path, 'utf8'));
    return true;
  } catch {
    // Told and removed between the listing and the look.
    return !existsSync(path);
  }
}

const linesAbout = (text: string, words: RegExp): string[] => text.split('\n').filter((line) => words.test(line));

async function watching() {
  const running = siege.start();
  await running.until(/✓ told webhook/);
  await running.until(/✓ told slack/);
  return running;
}

describe('planwatch start on a full disk', () => {
  test('says so in one clear line however often it looks, leaves nothing half-written, and tells all when there is room', async () => {
    const running = await watching();
    disk.fill();
    const plan = siege.shown.appear();
    siege.show();
    await running.until(/disk is full/);
    siege.shift(10_000);
    await pause(2_500);
    expect(linesAbout(running.text(), /disk is full/)).toEqual([
      expect.stringMatching(/default: .*the disk is full.*free/),
    ]);
    expect(await halfWritten()).toEqual([]);
    expect(siege.webhook.messages.length).toBe(1);
    disk.free();
    await running.until(/New release plan/);
    siege.shown.turn(plan, 'FAILED');
    siege.show();
    await running.until(/Release failed/);
    expect(await siege.brokenPromises(true)).toEqual([]);
    expect(running.child.exitCode).toBe(null);
  });

  test('full between the answer of Slack and the receipt: told once more as soon as there is room, and marked', async () => {
    const running = await watching();
    fillAtSlack = true;
    siege.shown.appear();
    siege.show();
    await running.until(/disk is full/);
    // What the webhook was told is out of the queue by now, and that made room.
    disk.fill();
    siege.shift(11_000);
    await pause(1_500);
    // Without room to note the attempt there is none.
    expect(siege.slack.messages.length).toBe(2);
    expect(await halfWritten()).toEqual([]);
    disk.free();
    siege.excuse();
    siege.shift(11_000);
    const late = Date.now() + 20_000;
    while (siege.slack.messages.length < 3 && Date.now() < late) await pause(50);
    expect(await siege.brokenPromises(true)).toEqual([]);
    await running.until(/✓ told slack at try/);
    await running.until(/✓ told webhook[\s\S]*✓ told webhook/);
    const texts = siege.slack.messages.slice(1).map(({ body }) => body.text);
    expect(texts.map((text) => text.includes('May be a repeat'))).toEqual([false, true]);
    expect(linesAbout(running.text(), /✓ told webhook/).length).toBe(2);
  });

  test(`nearly full again and again, so that now one write fails and now another (SEED=${seed})`, async () => {
    const random = createRandom(seed);
    const running = await watching();
    for (let times = 0; times < 5; times++) {
      disk.fill(random.below(5));
      siege.excuse();
      siege.shown.step(random);
      siege.show();
      await pause(1_100);
      expect(await halfWritten()).toEqual([]);
      disk.free();
      siege.shift(random.below(40_000));
      if (random.chance(0.5)) await pause(300);
    }
    await pause(1_200);
    siege.shift(31_000);
    expect(await siege.brokenPromises(false)).toEqual([]);
    expect(running.child.exitCode).toBe(null);
  }, 60_000);

  test('full before planwatch poll begins: it says so, and what to do', async () => {
    disk.fill();
    const { code, out, err } = await siege.poll().ended;
    expect(code).toBe(1);
    expect(out + err).toMatch(/disk is full.*free.*ENOSPC/);
    expect(out + err).not.toMatch(/^\s+at /m);
  });

  test('full before planwatch start begins: it says so, and what to do', async () => {
    disk.fill();
    const running = siege.start();
    await Promise.race([running.ended, running.until(/ENOSPC/)]);
    expect(running.text()).toMatch(/disk is full.*free.*ENOSPC/);
    expect(running.text()).not.toMatch(/^\s+at /m);
  });

  test('killed while the disk is full, it goes on when there is room', async () => {
    const first = await watching();
    disk.fill();
    siege.shown.appear();
    siege.show();
    await first.until(/disk is full/);
    await siege.kill(first);
    siege.shown.appear();
    siege.show();
    const second = siege.start();
    await Promise.race([second.until(/ENOSPC/), second.ended]);
    await siege.kill(second);
    disk.free();
    const third = siege.start();
    expect(await siege.brokenPromises(true)).toEqual([]);
    await siege.kill(third);
  });
});
