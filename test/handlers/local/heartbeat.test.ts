import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { startSampleCloud } from '../../../handlers/local/sample/cloud.ts';
import { createTerminal } from '../../../handlers/local/terminal.ts';
import { createDesk, type Desk } from '../../support/command.ts';
import { startHeartbeatServer } from '../../support/heartbeat-server.ts';

let desk: Desk;
beforeEach(async () => {
  desk = await createDesk();
});
afterEach(() => desk.close());

test('planwatch poll asks for the heartbeat; one that is not heard is said, and no failure', async () => {
  const cloud = await startSampleCloud({ now: () => new Date() });
  await using service = await startHeartbeatServer((response) => response.writeHead(500).end());
  const { url, projectId, accessKey, secretKey } = cloud;
  await writeFile(
    join(desk.folder, 'planwatch.yml'),
    `sources:
  - { name: shop, region: r, projectId: ${projectId}, endpoint: "${url}", auth: { accessKey: env:AK, secretKey: env:SK } }
destinations:
  none: { kind: webhook, url: "http://127.0.0.1:1/" }
notices: []
heartbeat: env:HEARTBEAT
`,
  );
  const { code, out, err } = await desk.run(['poll'], { AK: accessKey, SK: secretKey, HEARTBEAT: service.url });
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toMatch(/heartbeat: It was answered HTTP 500\./);
  expect(out).not.toContain('c0ffee');
  expect(service.asked).toHaveLength(1);
  await cloud.close();
});

test.each([
  [false, /^\d\d:\d\d:\d\d {2}heartbeat: one$/, /heartbeat: two$/],
  [true, /^{"heartbeat":"one"}$/, /^{"heartbeat":"two"}$/],
])('a heartbeat that stays unheard is one line, not one a minute (json: %p)', (json, one, two) => {
  const lines: string[] = [];
  const terminal = createTerminal(json, (line) => void lines.push(line));
  for (const failure of [undefined, 'one', 'one', 'two', undefined, 'two']) terminal.heartbeat(failure);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the terminal's colours
  const plain = lines.map((line) => line.replace(/\u001b\[\d+m/g, ''));
  expect(plain).toEqual([expect.stringMatching(one), expect.stringMatching(two), expect.stringMatching(two)]);
});
