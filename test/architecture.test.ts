import { readdir, readFile } from 'node:fs/promises';
import { posix } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { channelKinds } from '../lib/channels/registry.ts';

/**
 * Where a file lies → what it may import: folders and files of ours, packages, `node:*`. `types:` before a folder lets in
 * `import type` only. The longest place that fits a file counts. Every place may import itself.
 */
const law: Readonly<Record<string, readonly string[]>> = {
  'lib/core': ['node:crypto'],
  'lib/ports': ['types:lib/core'],
  'lib/ledger': ['lib/core', 'lib/ports', 'node:crypto'],
  'lib/flow': ['lib/ledger', 'lib/core', 'lib/ports'],
  'lib/disk': ['node:*'],
  'lib/aws': ['aws4fetch'],
  'lib/stores': ['lib/core', 'lib/ports', 'lib/disk', 'lib/aws', 'node:*'],
  'lib/queues': ['lib/core', 'lib/ports', 'lib/disk', 'lib/aws', 'node:*'],
  'lib/sources': ['lib/core', 'lib/ports', 'node:*', 'ky'],
  'lib/channels': ['lib/core', 'lib/ports', 'node:*', 'ky', '@slack/webhook'],
  'lib/config': ['lib/core', 'lib/channels', 'node:*', 'zod', 'yaml'],
  'lib/environment': ['lib/core', 'lib/secrets'],
  'lib/secrets': ['lib/core', 'lib/ports', 'lib/aws', 'node:*'],
  'lib/wire': ['lib'],
  'handlers/aws': [
    'lib/wire',
    'lib/environment',
    'lib/stores',
    'lib/queues',
    'lib/secrets',
    'types:lib/core',
    'node:*',
    'aws-lambda',
    'planwatch:config',
  ],
  'handlers/aws/deploy': ['lib/core', 'lib/environment', 'lib/config', 'node:*'],
  'handlers/local': ['lib', 'node:*', 'commander', 'picocolors', 'yaml', 'esbuild'],
  'handlers/local/page': [
    'types:lib/core',
    'types:lib/channels',
    'types:handlers/local/inbox',
    'preact',
    'adaptivecards',
  ],
};

type Import = { readonly from: string; readonly typeOnly: boolean };

/** Without comments. Two slashes in a text, as in an address, begin none. */
function codeOf(source: string): string {
  return source.replace(/\/\*[\s\S]*?\*\/|(?<=^|[\s;{}(,])\/\/.*$/gm, '');
}

/** Every module that a source names: import … from, export … from, import '…', import('…') and import(anything else). */
function importsOf(source: string): Import[] {
  const code = codeOf(source);
  const found: Import[] = [];
  for (const [, what = '', from = ''] of code.matchAll(
    /^[ \t]*(?:import|export)\b([^'"`;]*?)\bfrom\s*['"]([^'"]+)['"]/gm,
  )) {
    const names =
      /^\s*\{([^}]*)\}\s*$/
        .exec(what)?.[1]
        ?.split(',')
        .map((name) => name.trim())
        .filter(Boolean) ?? [];
    const typeOnly = /^\s*type\s/.test(what) || (names.length > 0 && names.every((name) => name.startsWith('type ')));
    found.push({ from, typeOnly });
  }
  for (const [, from = ''] of code.matchAll(/^[ \t]*import\s*['"]([^'"]+)['"]/gm))
    found.push({ from, typeOnly: false });
  for (const [, from] of code.matchAll(/\b(?:import|require)\s*\(\s*(?:['"]([^'"]+)['"]\s*[,)])?/g)) {
    found.push({ from: from ?? 'a name that is computed', typeOnly: false });
  }
  return found;
}

/** `lib/core/plan.ts` lies in `lib/core`; `lib/wire.ts` is `lib/wire`; `lib/config.ts` and `lib/config/yaml.ts` are `lib/config`. */
const liesIn = (path: string, place: string): boolean =>
  path.startsWith(`${place}/`) || new RegExp(`^${place}\\.[a-z.]+$`).test(path);

const placeOf = (path: string): string | undefined =>
  Object.keys(law)
    .filter((place) => liesIn(path, place))
    .toSorted((a, b) => b.length - a.length)[0];

/** What a file imports and may not, as `file → import`. */
function violations(path: string, source: string): string[] {
  const place = placeOf(path);
  if (place === undefined) return [`${path} lies in no place that the law knows`];
  return importsOf(source)
    .filter(({ from, typeOnly }) => {
      const target = from.startsWith('.') ? posix.join(posix.dirname(path), from) : undefined;
      if (target !== undefined && placeOf(target) === place) return false;
      return !(law[place] ?? []).some((rule) => {
        const allowed = rule.replace(/^types:/, '');
        if (rule.startsWith('types:') && !typeOnly) return false;
        if (target !== undefined) return liesIn(target, allowed);
        return allowed === 'node:*' ? from.startsWith('node:') : from === allowed || from.startsWith(`${allowed}/`);
      });
    })
    .map(({ from }) => `${path} → ${from}`);
}

const root = new URL('../', import.meta.url);

async function sources(...folders: string[]): Promise<(readonly [path: string, source: string])[]> {
  const found = folders.map(async (folder) => {
    const names = await readdir(new URL(folder, root), { recursive: true });
    const paths = names.filter((name) => /\.(ts|tsx|mts|mjs|js)$/.test(name)).map((name) => `${folder}/${name}`);
    return Promise.all(paths.map(async (path) => [path, await readFile(new URL(path, root), 'utf8')] as const));
  });
  return (await Promise.all(found)).flat();
}

let ours: Awaited<ReturnType<typeof sources>>;
beforeAll(async () => {
  ours = await sources('lib', 'handlers');
});

describe('the import law', () => {
  test.each(Object.keys(law))('%s imports only what it may', (place) => {
    const files = ours.filter(([path]) => placeOf(path) === place);
    expect(files.length).toBeGreaterThan(0);
    expect(files.flatMap(([path, source]) => violations(path, source))).toStrictEqual([]);
  });

  test('has a place for every file', () => {
    expect(ours.map(([path]) => path).filter((path) => placeOf(path) === undefined)).toStrictEqual([]);
  });

  test.each<[string, string, string[]]>([
    ['lib/core/a.ts', "import { b } from './b.ts';\nimport { createHash } from 'node:crypto';", []],
    ['lib/core/a.ts', "import fs from 'node:fs';", ['node:fs']],
    ['lib/core/a.ts', "import type { Channel } from '../ports.ts';", ['../ports.ts']],
    ['lib/core/a.ts', "export { get } from '../stores/memory.ts';", ['../stores/memory.ts']],
    ['lib/core/a.ts', "export * from 'zod';", ['zod']],
    ['lib/core/a.ts', "import 'zod';", ['zod']],
    ['lib/core/a.ts', "import {\n  a,\n  b,\n} from\n  'zod';", ['zod']],
    ['lib/core/a.ts', "const zod = await import('zod');", ['zod']],
    ['lib/core/a.ts', "type Zod = import('zod').ZodType;", ['zod']],
    ['lib/core/a.ts', 'await import(name);', ['a name that is computed']],
    ['lib/core/a.ts', "const zod = require('zod');", ['zod']],
    ['lib/core/a.ts', "// import { z } from 'zod';\n/* import 'zod'; */\nconst url = 'https://zod';", []],
    ['lib/core/a.ts', "import { z } from 'zod'; // https://zod.dev", ['zod']],
    ['lib/ports.ts', "import type { Plan } from './core/plan.ts';", []],
    ['lib/ports.ts', "import { type Plan, classOf } from './core/plan.ts';", ['./core/plan.ts']],
    ['lib/flow/poll.ts', "import { createLog } from '../ledger/log.ts';", []],
    ['lib/flow/poll.ts', "import { createFileStore } from '../stores/file.ts';", ['../stores/file.ts']],
    ['lib/ledger/log.ts', "import { poll } from '../flow/poll.ts';", ['../flow/poll.ts']],
    ['lib/stores/s3.ts', "import { S3Client } from '@aws-sdk/client-s3';", ['@aws-sdk/client-s3']],
    ['lib/stores/s3.ts', "import { createSqsQueue } from '../queues/sqs.ts';", ['../queues/sqs.ts']],
    ['lib/channels/slack.ts', "import { IncomingWebhook } from '@slack/webhook';\nimport ky from 'ky';", []],
    ['lib/channels/slack.ts', "import { parse } from 'yaml';", ['yaml']],
    ['lib/config.ts', "import { readYaml } from './config/yaml.ts';\nimport { z } from 'zod';", []],
    ['lib/config/yaml.ts', "import { createSecrets } from '../secrets.ts';", ['../secrets.ts']],
    ['lib/environment.ts', "import { parseConfig } from './config.ts';", ['./config.ts']],
    ['lib/wire.ts', "import { poll } from './flow/poll.ts';\nimport { z } from 'zod';", ['zod']],
    ['handlers/aws/poll.ts', "import { classOf } from '../../lib/core/plan.ts';", ['../../lib/core/plan.ts']],
    ['handlers/aws/poll.ts', "import type { Config } from '../../lib/core/config.ts';", []],
    ['handlers/aws/poll.ts', "import { start } from '../local/start.ts';", ['../local/start.ts']],
    ['handlers/local/cli.ts', "import page from './page/page.tsx';", ['./page/page.tsx']],
    ['handlers/local/page/page.tsx', "import { render } from 'preact';\nimport 'preact/hooks';", []],
    [
      'handlers/local/page/page.tsx',
      "import { composeMessage } from '../../../lib/core/message.ts';",
      ['../../../lib/core/message.ts'],
    ],
  ])('%s with %j breaks it with %j', (path, source, broken) => {
    expect(violations(path, source)).toStrictEqual(broken.map((from) => `${path} → ${from}`));
  });

  test('a file in a place of its own is told', () => {
    expect(violations('lib/helpers/a.ts', '')).toStrictEqual(['lib/helpers/a.ts lies in no place that the law knows']);
  });
});

/** What the core would have to ask the world for. */
const world =
  /\bnew Date\(\s*\)|(?<!new )\bDate\(|\bDate\.now\b|\bMath\.random\b|\bcrypto\.random|\brandomUUID\b|\bprocess\b|\bperformance\b|\bfetch\b|\bset(?:Timeout|Interval)\b/;

describe('the core', () => {
  test('reads no clock, no chance and no environment', () => {
    const core = ours.filter(([path]) => path.startsWith('lib/core/'));
    expect(core.length).toBeGreaterThan(5);
    expect(core.filter(([, source]) => world.test(codeOf(source))).map(([path]) => path)).toStrictEqual([]);
  });

  test.each([
    ['const now = new Date();', true],
    ['const now = new Date(ms);', false],
    ['const now = Date();', true],
    ['Date.now()', true],
    ['Math.random()', true],
    ['process.env.X', true],
    ['// the process of a release', false],
    ['import { randomUUID } from "node:crypto";', true],
  ])('%j would be seen: %p', (source, seen) => {
    expect(world.test(codeOf(source))).toBe(seen);
  });
});

test('nothing replaces a module or spies on one in a test', async () => {
  const mocking = /\bjest\s*\.\s*(?:\w+_)?\w*[mM]ock|\bspy[O]n\b|\bmock\s*\.\s*module\b/;
  // Put together here, so that this file does not find itself.
  for (const name of ['mock', 'doMock', 'unstable_mockModule', 'createMockFromModule', `spy${'On'}`]) {
    expect(['jest', name].join('.')).toMatch(mocking);
  }
  const tests = await sources('test');
  expect(tests.length).toBeGreaterThan(10);
  expect(tests.filter(([, source]) => mocking.test(source)).map(([path]) => path)).toStrictEqual([]);
});

test('every kind of destination is a file beside the registry and a line in it', async () => {
  const shared =
    /^(?:address|answer|ask|channel|fit|meaning|mentions|outline|plan-key|post|registry|robot|settings|.*-(?:payload|answers|search))\.ts$/;
  const names = await readdir(new URL('lib/channels', root));
  const kinds = names.filter((name) => !shared.test(name)).map((name) => name.replace(/\.ts$/, ''));
  expect(Object.keys(channelKinds).toSorted()).toStrictEqual(kinds.toSorted());
});
