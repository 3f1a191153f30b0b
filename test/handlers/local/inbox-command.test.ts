import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { EventsPart, Overview } from '../../../handlers/local/inbox/view.ts';
import { createDesk, type Desk } from '../../support/command.ts';

let desk: Desk;
beforeEach(async () => {
  desk = await createDesk();
});
afterEach(() => desk.close());

async function openInbox() {
  const running = desk.open(['inbox', '--port', '0']);
  const [, url = ''] = await running.until(/read-only: (http:\S+)/);
  const read = async <T>(path: string) => (await fetch(`${url}/api/${path}`)).json() as Promise<T>;
  return { running, read };
}

/** Every file with what is in it. */
async function filesIn(folder: string): Promise<Record<string, string>> {
  const names = await readdir(folder, { recursive: true });
  const found: Record<string, string> = {};
  for (const name of names.sort()) {
    const path = join(folder, name);
    if ((await stat(path)).isFile()) found[name] = await readFile(path, 'utf8');
  }
  return found;
}

describe('planwatch inbox', () => {
  test('shows what start left, changes nothing, not even beside a damaged object, and ends cleanly', async () => {
    // A failure of the story lasts seven of its seconds, so a look each six of them sees it.
    const start = desk.open(['start', '--port', '0', '--speed', '6', '--every', '1s']);
    await start.until(/❌ .*failed: .*\n(.*\n)*?.*✓ told inbox/);
    start.child.kill('SIGINT');
    await start.ended;
    const state = join(desk.folder, '.planwatch');
    await writeFile(join(state, 'sample/store/log/sample/000000000002.json'), '{"v":1');
    const before = await filesIn(state);

    const { running, read } = await openInbox();
    const { events } = await read<EventsPart>('events');
    expect(events.some(({ group, deliveries }) => group === 'bad' && deliveries[0]?.state.kind === 'told')).toBe(true);
    expect(events.map(({ id }) => id)).not.toContain('sample-000000000002-0');
    expect(await read<Overview>('overview')).toMatchObject({ readOnly: true, sample: true });
    running.child.kill('SIGINT');
    expect((await running.ended).code).toBe(0);
    expect(await filesIn(state)).toEqual(before);
  });

  test('where nothing was written yet, says so and who would write, and makes no folder', async () => {
    const { running, read } = await openInbox();
    await running.until(/npx planwatch start, or poll, writes there/);
    expect((await read<EventsPart>('events')).events).toEqual([]);
    expect(await readdir(desk.folder)).toEqual([]);
  });

  test('shows what others write meanwhile, beside a start that has the state', async () => {
    const { read } = await openInbox();
    const start = desk.open(['start', '--port', '0', '--speed', '20']);
    await start.until(/✓ told inbox/);
    expect((await read<EventsPart>('events')).events.length).toBeGreaterThan(0);
  });
});
