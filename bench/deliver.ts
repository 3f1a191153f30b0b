import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Lambda } from '../test/support/lambda.ts';
import { against, type Figure, interleave, median, type Part, quantile } from './figure.ts';
import { batchFor, type Cost, createScene, invoke, measure, replayOf } from './scene.ts';

const batchSize = 10;
const many = Array.from({ length: 50 }, (_, index) => `hook-${index}`);

/** The same functions with fifty destinations compiled in, in a folder of their own. */
function buildFor(chat: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'planwatch-bench-'));
  const config = {
    sources: [
      {
        name: 'bench',
        region: 'ap-southeast-3',
        projectId: '0123456789abcdef0123456789abcdef',
        auth: { token: 'env:TOKEN' },
      },
    ],
    destinations: Object.fromEntries(many.map((name) => [name, { kind: 'webhook', url: `${chat}/${name}` }])),
  };
  writeFileSync(join(folder, 'planwatch.yml'), JSON.stringify(config));
  execFileSync(process.execPath, [fileURLToPath(new URL('../build.ts', import.meta.url))], { cwd: folder });
  return folder;
}

/** Ten messages told, to one destination or to ten of fifty: against their posts alone, and against the same requests with the same clients. */
export const deliver: Part = async (effort) => {
  const scene = await createScene();
  const folder = buildFor(scene.chat.url);
  const [ours, bare, client] = [
    await scene.launch('deliver', { folder: join(folder, 'dist/aws') }),
    await scene.launchModule('replay'),
    await scene.launchModule('replay'),
  ];
  const figures: Figure[] = [];
  let turn = 0;
  const oneOf = () => Array<string>(batchSize).fill(many[0] ?? '');
  const tenOf = () => Array.from({ length: batchSize }, () => many[turn++ % many.length] ?? '');
  for (const [what, pick] of [
    ['one destination', oneOf],
    ['fifty destinations', tenOf],
  ] as const) {
    const tell = async (by: Lambda) => {
      // planwatch keeps to ten a second for a webhook; waiting for that is not what is measured.
      if (pick === oneOf) await pause(1_000);
      const batch = batchFor(pick());
      const answer = (await invoke(by, batch)) as { readonly batchItemFailures: readonly unknown[] };
      if (answer.batchItemFailures.length > 0) throw new Error(`deliver: ${JSON.stringify(by.lines.at(-1))}`);
    };
    const told = async (): Promise<Cost> => {
      if (pick === oneOf) await pause(1_000);
      const batch = batchFor(pick());
      return measure(ours, () => invoke(ours, batch));
    };
    for (let warm = 0; warm < 5; warm++) await tell(ours);
    scene.takeSeen();
    await tell(ours);
    const seen = scene.takeSeen();
    const all = replayOf(seen, scene);
    const posts = replayOf(
      seen.filter(({ url }) => url.startsWith(scene.chat.url)),
      scene,
    );
    const replay = (by: Lambda, requests: typeof all, name: 'bare' | 'same') =>
      measure(by, () => invoke(by, { requests, client: name }));
    for (let warm = 0; warm < 5; warm++) {
      await replay(bare, posts, 'bare');
      await replay(client, all, 'same');
    }
    const measured = await interleave(effort === 'full' ? 12 : 5, {
      told,
      bare: () => replay(bare, posts, 'bare'),
      client: () => replay(client, all, 'same'),
    });
    const each = (name: 'told' | 'bare' | 'client', of: keyof Cost) =>
      measured.map((round) => round[name][of] / batchSize);
    const figure = (words: string, unit: string) => ({ part: 'deliver', figure: `${what}: ${words}`, unit });
    const rate = each('told', 'wall').map((ms) => 1000 / ms);
    figures.push(
      {
        ...figure('messages told with receipts', 'a second'),
        value: median(rate),
        floor: 1000 / median(each('bare', 'wall')),
        spread: [quantile(rate, 0.25), quantile(rate, 0.75)],
      },
      against(figure('a message ÷ its post alone', 'ms'), each('told', 'wall'), each('bare', 'wall')),
      against(figure('a message ÷ its requests alone', 'ms CPU'), each('told', 'cpu'), each('client', 'cpu')),
      {
        ...figure('requests for ten messages', ''),
        // Receipt, lane, post, receipt for each, and one lane that is read for each destination in the batch.
        value: seen.length,
      },
    );
  }
  await scene.close();
  rmSync(folder, { recursive: true });
  return figures;
};
