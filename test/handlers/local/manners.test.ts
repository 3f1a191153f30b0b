import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer, request as requestOf } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { coloursFor } from '../../../handlers/local/colours.ts';
import { span, when, widthOf, wrap } from '../../../handlers/local/layout.ts';
import { createProgress } from '../../../handlers/local/progress.ts';
import { startSampleCloud } from '../../../handlers/local/sample/cloud.ts';
import { createDesk, type Desk } from '../../support/command.ts';

let desk: Desk;
beforeEach(async () => {
  desk = await createDesk();
});
afterEach(() => desk.close());

const commands = async (): Promise<string[]> => {
  const { out } = await desk.run(['--help']);
  return Array.from(
    out.matchAll(/^ {2}([a-z][a-z-]+) .*\[options\]|^ {2}([a-z][a-z-]+) \[options\]/gm),
    ([, a, b]) => a ?? b ?? '',
  );
};

describe('every command', () => {
  test('has help with an example, --json, --verbose and --config, and a row in docs/cli.md', async () => {
    const names = await commands();
    expect(names).toEqual(
      expect.arrayContaining(['start', 'poll', 'backfill', 'status', 'explain', 'dead-letters', 'init']),
    );
    const docs = await readFile(new URL('../../../docs/cli.md', import.meta.url), 'utf8');
    const faults: string[] = [];
    for (const name of names) {
      const { code, out } = await desk.run([name, '--help']);
      const example = new RegExp(`Example:\\n {2}npx planwatch ${name}\\b`);
      for (const part of [example, /--json/, /--verbose/, /--config/])
        if (code !== 0 || !part.test(out)) faults.push(`${name}: no ${part}`);
      if (!docs.includes(`\n| \`${name}\``)) faults.push(`${name}: not in docs/cli.md`);
      if (out.split('\n').some((line) => line.length > 80 && !line.includes('npx planwatch')))
        faults.push(`${name}: wide`);
    }
    expect(faults).toStrictEqual([]);
  });
});

describe('colours', () => {
  test.each<[string, boolean | undefined, NodeJS.ProcessEnv, boolean]>([
    ['on a terminal', true, {}, true],
    ['not in a pipe', undefined, {}, false],
    ['not in a pipe of CI', undefined, { CI: '1' }, false],
    ['not where NO_COLOR is set', true, { NO_COLOR: '1' }, false],
    ['not on a dumb terminal', true, { TERM: 'dumb' }, false],
    ['in a pipe where they are forced', undefined, { FORCE_COLOR: '1' }, true],
    ['NO_COLOR wins', undefined, { FORCE_COLOR: '1', NO_COLOR: '1' }, false],
  ])('%s', (_, isTTY, env, colourful) => {
    expect(coloursFor({ isTTY: isTTY === true }, env).isColorSupported).toBe(colourful);
  });

  test('a command in a pipe writes none, on either stream', async () => {
    const { out, err } = await desk.run(['poll', '--only', 'nope'], { CI: '1', NO_COLOR: '' });
    expect(err).toContain('nope');
    expect(out + err).not.toContain('\u001b');
  });
});

describe('errors', () => {
  test('a stack only with --verbose', async () => {
    await writeFile(join(desk.folder, 'occupied'), '');
    const env = { PLANWATCH_HOME: 'occupied' };
    expect((await desk.run(['poll'], env)).err).not.toMatch(/^\s+at /m);
    expect((await desk.run(['poll', '--verbose'], env)).err).toMatch(/^\s+at /m);
  });

  test('what they quote moves no cursor', async () => {
    const { err } = await desk.run(['poll', '--only', 'x\u001b[2J']);
    expect(err).toBe('There is no source "x·[2J": the configuration has sample.\n');
  });

  // Linux has a device for it: https://man7.org/linux/man-pages/man4/full.4.html
  (existsSync('/dev/full') ? test : test.skip)('output that finds no room is told, without a stack', async () => {
    const cli = fileURLToPath(new URL('../../../handlers/local/cli.ts', import.meta.url));
    const run = promisify(execFile)('sh', ['-c', `"$0" "$1" start --chaos list > /dev/full`, process.execPath, cli]);
    await expect(run).rejects.toMatchObject({
      code: 1,
      stderr: 'The output cannot be written (ENOSPC): is the disk full that it goes to?\n',
    });
  });
});

describe('a proxy', () => {
  /** A real one, which knows a single far host, on port 80: whatever listens at `far`. */
  async function startProxy(far = 0) {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      const { method, headers } = request;
      const { pathname, search } = new URL(request.url ?? '');
      request.pipe(
        requestOf({ host: '127.0.0.1', port: far, path: pathname + search, method, headers }, (answer) => {
          response.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.pipe(response);
        }),
      );
    });
    server.on('connect', (request, socket, head) => {
      asked.push(`CONNECT ${request.url}`);
      socket.on('error', () => undefined);
      if (!request.url?.endsWith(':80')) {
        socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
        return;
      }
      const onward = connect(far, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
        onward.write(head);
        onward.pipe(socket).pipe(onward);
      });
      onward.on('error', () => socket.destroy());
      socket.on('close', () => onward.destroy());
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const close = () => {
      server.close();
      server.closeAllConnections();
    };
    return { asked, url, close };
  }

  const account = {
    SERVICESTAGE_REGION: 'ap-southeast-3',
    SERVICESTAGE_PROJECT_ID: '0123456789abcdef0123456789abcdef',
    SERVICESTAGE_TOKEN: 'x',
    SLACK_WEBHOOK_URL: 'https://hooks.slack.com/services/x',
    SERVICESTAGE_ENDPOINT: 'https://servicestage.planwatch.invalid',
  };

  test.each(['HTTPS_PROXY', 'https_proxy'])('%s is used for what is elsewhere', async (name) => {
    const proxy = await startProxy();
    const { code } = await desk.run(['poll'], { ...account, [name]: proxy.url });
    expect(code).toBe(1);
    expect(proxy.asked).toContain('CONNECT servicestage.planwatch.invalid:443');
    proxy.close();
  });

  test('HTTP_PROXY too, and a look through it succeeds', async () => {
    const cloud = await startSampleCloud({ now: () => new Date() });
    cloud.setPlans([]);
    const proxy = await startProxy(Number(new URL(cloud.url).port));
    await writeFile(
      join(desk.folder, 'planwatch.yml'),
      `sources:
  - name: shop
    region: ap-southeast-3
    projectId: ${cloud.projectId}
    endpoint: http://servicestage.planwatch.invalid
    allowInsecure: true
    auth: { accessKey: env:AK, secretKey: env:SK }
destinations:
  releases: { kind: slack, url: env:RELEASES }
notices: []
`,
    );
    const env = { AK: cloud.accessKey, SK: cloud.secretKey, HTTP_PROXY: proxy.url };
    const { out } = await desk.run(['poll'], env);
    expect(out).toContain('shop: 0 plans');
    expect(proxy.asked.join()).toContain('servicestage.planwatch.invalid');
    proxy.close();
    await cloud.close();
  });

  test('NO_PROXY names what is not behind it, and this machine never is', async () => {
    const proxy = await startProxy();
    const no = { HTTPS_PROXY: proxy.url, HTTP_PROXY: proxy.url, NO_PROXY: '.planwatch.invalid' };
    await desk.run(['poll'], { ...account, ...no });
    const sample = desk.open(['start', '--port', '0', '--speed', '20'], {
      HTTP_PROXY: proxy.url,
      HTTPS_PROXY: proxy.url,
    });
    await sample.until(/✓ told inbox/);
    sample.child.kill('SIGINT');
    await sample.ended;
    expect(proxy.asked).toStrictEqual([]);
    proxy.close();
  });

  test('one that cannot be used is named and not shown', async () => {
    const { code, err } = await desk.run(['poll'], { ...account, HTTPS_PROXY: 'user:hunter2@proxy' });
    expect(code).toBe(2);
    expect(err).toMatch(/HTTPS_PROXY is not an address.*http:\/\/host:port/);
    expect(err).not.toContain('hunter2');
  });
});

describe('progress', () => {
  const screen = (isTTY: boolean) => {
    const written: string[] = [];
    return {
      written,
      stream: { isTTY, columns: 80, write: (text: string | Uint8Array) => written.push(String(text)) > 0 },
    };
  };

  test('is shown on a terminal once a second has passed, and leaves nothing behind', () => {
    const { written, stream } = screen(true);
    let now = 0;
    const progress = createProgress('Telling:', { stream, now: () => now });
    progress.update(1, 4);
    expect(written).toStrictEqual([]);
    now = 1_000;
    progress.update(2, 4);
    expect(written.join('')).toMatch(/^Telling: .*2 of 4$/);
    progress.aside(() => stream.write('a line\n'));
    expect(written.slice(-2)).toStrictEqual(['\r\u001b[2K', 'a line\n']);
    progress.update(3);
    expect(written.at(-1)).toBe('Telling: 3');
    progress.end();
    expect(written.at(-1)).toBe('\r\u001b[2K');
    const before = written.length;
    progress.end();
    expect(written).toHaveLength(before);
  });

  test('is silent in a pipe', () => {
    const { written, stream } = screen(false);
    let now = 0;
    const progress = createProgress('x', { stream, now: () => now });
    now = 5_000;
    progress.update(1, 2);
    progress.end();
    expect(written).toStrictEqual([]);
  });

  test('fits into a narrow terminal without its bar', () => {
    const { written, stream } = screen(true);
    let now = 0;
    const progress = createProgress('Telling:', { stream: { ...stream, columns: 20 }, now: () => now });
    now = 1_000;
    progress.update(1, 2);
    expect(written).toStrictEqual(['Telling: 1 of 2']);
  });
});

describe('the width of the terminal', () => {
  test('lines break at blanks and go on under their beginning; Chinese counts double', () => {
    expect(wrap('one two three four', 2, 11)).toBe('one two\n  three\n  four');
    expect(wrap('one', 2, 1)).toBe('one');
    expect(wrap('发布 失败 了', 0, 7)).toBe('发布\n失败 了');
    expect(wrap('a b', 0, Number.POSITIVE_INFINITY)).toBe('a b');
    expect(widthOf('发布 ok')).toBe(7);
  });

  test.each([
    [0, '0 s'],
    [89_000, '89 s'],
    [90_000, '2 min'],
    [5_399_000, '90 min'],
    [7_200_000, '2 h'],
    [172_800_000, '2 d'],
    [-5, '0 s'],
  ])('%i ms is %s', (ms, words) => {
    expect(span(ms)).toBe(words);
  });

  test('a time is told with how long ago it was, or how soon it will be', () => {
    const now = new Date('2026-11-24T03:04:05.000Z');
    expect(when('2026-11-24T03:03:05.000Z', now)).toBe('2026-11-24 03:03:05 UTC (60 s ago)');
    expect(when('2026-11-24T03:34:05.000Z', now)).toBe('2026-11-24 03:34:05 UTC (in 30 min)');
  });
});
