import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { SourceErrorKind } from '../../lib/core/source-error.ts';
import { answer, type Handler, projectId, startScriptedCloud } from './scripted-cloud.ts';
import { watching } from './watching.ts';

const item = { id: 'p1', name: 'release-1', action: 'create', status: 'CREATED', creator: 'wzh', execute_time: 0 };
const good = { count: 1, release_plans: [item] };

/** What the second look is answered with; the first is answered well. */
async function afterGoodLook(status: number, body: unknown) {
  let handler: Handler = answer(200, good);
  const cloud = await startScriptedCloud((request, response) => handler(request, response));
  const watched = watching(cloud.url);
  await watched.look();
  // On time, by the clock of the test.
  handler = (request, response) =>
    answer(status, body, { Date: new Date(watched.clock.ms).toUTCString() })(request, response);
  cloud.asked.length = 0;
  return { cloud, watched, [Symbol.asyncDispose]: () => cloud[Symbol.asyncDispose]() };
}

type Row = readonly [
  what: string,
  status: number,
  body: unknown,
  kind: SourceErrorKind,
  asked: number,
  reason: RegExp,
  advice: RegExp,
];

const gateway = (prefix: string): readonly Row[] => {
  const fault = (code: string, error_msg = 'words') => ({
    error_code: `${prefix}.${code}`,
    error_msg,
    request_id: 'r1',
  });
  const words = (status: number, code: string) =>
    new RegExp(`^HTTP ${status} ${prefix}\\.${code}: words \\(request r1\\)$`);
  return [
    ['no such API', 404, fault('0101'), 'not-found', 1, words(404, '0101'), /is in region ap-southeast-3/],
    ['a bad request', 400, fault('0201'), 'not-found', 1, words(400, '0201'), /is in region/],
    ['a request that is too large', 413, fault('0201'), 'nonsense', 1, words(413, '0201'), /cloud itself/],
    ['a URI that is too long', 414, fault('0201'), 'nonsense', 1, words(414, '0201'), /cloud itself/],
    ['headers that are too large', 494, fault('0201'), 'nonsense', 1, words(494, '0201'), /cloud itself/],
    ['no backend', 502, fault('0201'), 'unreachable', 3, words(502, '0201'), /trouble of its own/],
    ['a backend in no time', 504, fault('0201'), 'unreachable', 3, words(504, '0201'), /trouble of its own/],
    ['a wrong signature', 401, fault('0301'), 'unauthorised', 1, words(401, '0301'), /^Check env:AK and env:SK/],
    [
      'a key that is locked',
      401,
      fault('0301', 'AK access failed to reach the limit,forbidden'),
      'unauthorised',
      1,
      /AK access failed/,
      /locked this access key .* goes by itself/,
    ],
    ['no permission', 403, fault('0302'), 'forbidden', 1, words(403, '0302'), /^Allow servicestage::listReleasePlan/],
    ['no permission for the app', 403, fault('0304'), 'forbidden', 1, words(403, '0304'), /^Allow/],
    ['no permission for the user', 403, fault('0306'), 'forbidden', 1, words(403, '0306'), /^Allow/],
    ['wrong authentication', 401, fault('0305'), 'unauthorised', 1, words(401, '0305'), /^Check env:AK/],
    ['a token that is over', 401, fault('0307'), 'token-over', 1, words(401, '0307'), /^Check env:AK/],
    ['throttling', 429, fault('0308'), 'throttled', 3, words(429, '0308'), /poll less often/],
    ['a project that is frozen', 403, fault('0310'), 'forbidden', 1, words(403, '0310'), /unpaid bill/],
    ['an address on the black list', 403, fault('0401'), 'forbidden', 1, words(403, '0401'), /\(its NAT\)/],
    ['an address off the white list', 403, fault('0402'), 'forbidden', 1, words(403, '0402'), /\(its NAT\)/],
    ['an error inside', 500, fault('0601'), 'unreachable', 3, words(500, '0601'), /trouble/],
    ['another error inside', 500, fault('0606'), 'unreachable', 3, words(500, '0606'), /trouble/],
    ['no IAM', 503, fault('0613'), 'unreachable', 3, words(503, '0613'), /trouble/],
    ['a region that is closed', 403, fault('0802'), 'forbidden', 1, words(403, '0802'), /may not use this region/],
  ];
};

const service = (code: string) => ({ error_code: `SVCSTG.${code}`, error_msg: 'words' });
const rows: readonly Row[] = [
  ...gateway('APIGW'),
  ...gateway('APIG'),
  ['a bad parameter', 400, service('00100400'), 'not-found', 1, /SVCSTG.00100400/, /is in region/],
  ['no such task', 404, service('00100433'), 'not-found', 1, /SVCSTG.00100433/, /is in region/],
  ['a 401 that means "not there"', 401, service('00100401'), 'not-found', 1, /SVCSTG.00100401/, /is in region/],
  ['trouble of the service', 500, service('00100500'), 'unreachable', 3, /SVCSTG.00100500/, /trouble/],
  ['words that a token is over', 401, { error_msg: 'The token must be updated' }, 'token-over', 1, /updated/, /^Check/],
  [
    'IAM’s own spelling',
    401,
    { error: { code: 401, message: 'The username or password is wrong.', title: 'Unauthorized' } },
    'unauthorised',
    1,
    /^HTTP 401: The username or password is wrong\.$/,
    /^Check/,
  ],
  [
    'a denial with a riddle',
    403,
    { error_code: 'IAM.0002', error_msg: 'denied', encoded_authorization_message: 'a'.repeat(200) },
    'forbidden',
    1,
    /^HTTP 403 IAM.0002: denied$/,
    /^Allow/,
  ],
  ['a time-out in words', 408, '', 'unreachable', 1, /^HTTP 408/, /trouble/],
  ['a page of a proxy', 502, '<html>x</html>', 'unreachable', 3, /an HTML page instead of JSON$/, /trouble/],
  ['nothing at all', 503, '', 'unreachable', 3, /an empty answer$/, /trouble/],
  ['a login page', 200, '<html>x</html>', 'nonsense', 1, /^HTTP 200, but an HTML page/, /login page or a proxy/],
  ['an empty body', 200, '', 'nonsense', 1, /^HTTP 200, but an empty answer/, /proxy/],
  ['another shape', 200, { pipelines: [] }, 'nonsense', 1, /no release_plans array/, /proxy/],
  ['a count as text', 200, { ...good, count: '1' }, 'incomplete', 1, /count is missing or not a whole/, /not compared/],
  ['one plan twice', 200, { count: 2, release_plans: [item, item] }, 'incomplete', 1, /1 distinct ids/, /not compared/],
  ['more than it counts', 200, { ...good, count: 0 }, 'incomplete', 1, /count says 0, but 1 came/, /not compared/],
  ['fewer than it counts', 200, { ...good, count: 2 }, 'incomplete', 2, /count says 2, but 1 came/, /not compared/],
  ['a redirect', 302, '', 'nonsense', 1, /^HTTP 302/, /never follows/],
];

describe('each answer is one kind of trouble, in words that say what to do, and leaves what is known as it was', () => {
  test.each(rows)('%s (%i)', async (_what, status, body, kind, asked, reason, advice) => {
    await using story = await afterGoodLook(status, body);
    const { watched, cloud } = story;
    const before = watched.memory();
    expect(await watched.look()).toMatchObject({ ok: false, events: [] });
    expect(cloud.asked).toHaveLength(asked);
    expect(await watched.errorKind()).toBe(kind);
    expect(watched.memory()).toEqual(before);
    expect(watched.json('health/shop.json')).toMatchObject({ failures: 1, reason: expect.stringMatching(reason) });

    watched.clock.ms += 300_000;
    await watched.look();
    watched.clock.ms += 300_000;
    const { events } = await watched.look();
    expect(events).toMatchObject([
      { type: 'source.unreachable', reason: expect.stringMatching(reason), advice: expect.stringMatching(advice) },
    ]);
  });

  test('a forbidden one comes with a policy to paste: valid JSON on one line, with all that planwatch asks for', async () => {
    await using story = await afterGoodLook(403, {});
    const { error } = await story.watched.look();
    const [policy = ''] = /\{.*\}/.exec(error ?? '') ?? [];
    expect(error).toContain(`in project ${projectId}`);
    expect(JSON.parse(policy)).toEqual({
      Version: '5.0',
      Statement: [{ Effect: 'Allow', Action: ['servicestage::listReleasePlan', 'servicestage::getReleasePlan'] }],
    });
  });
});

describe('whatever comes as the list', () => {
  const odd = <T>(usual: fc.Arbitrary<T>) =>
    fc.oneof({ weight: 8, arbitrary: usual }, { weight: 1, arbitrary: fc.jsonValue() });
  const plans = fc.array(
    fc.record(
      {
        id: odd(fc.constantFrom('p1', 'p2', 'p3')),
        status: odd(fc.string({ minLength: 1 })),
        name: fc.option(fc.string()),
        execute_time: fc.oneof(fc.nat(), fc.constant(null)),
      },
      { requiredKeys: ['id', 'status'] },
    ),
    { maxLength: 3 },
  );
  const anything = fc.oneof(
    { weight: 1, arbitrary: fc.jsonValue() },
    { weight: 2, arbitrary: fc.record({ count: odd(fc.nat(3)), release_plans: plans }, { requiredKeys: [] }) },
    { weight: 2, arbitrary: plans.map((release_plans) => ({ count: release_plans.length, release_plans })) },
  );

  test('any JSON is a whole list or trouble of a known kind, and only a whole list changes what is known', async () => {
    let sent: unknown = good;
    await using cloud = await startScriptedCloud((_request, response) => response.end(JSON.stringify(sent)));
    let [whole, refused] = [0, 0];
    await fc.assert(
      fc.asyncProperty(anything, async (body) => {
        const watched = watching(cloud.url);
        sent = good;
        await watched.look();
        const before = watched.memory();
        sent = body;
        const look = await watched.look();
        if (look.ok) {
          whole++;
          const { count, release_plans } = body as { count: number; release_plans: { id: string }[] };
          expect(new Set(release_plans.map(({ id }) => id)).size).toBe(count);
          expect(release_plans).toHaveLength(count);
        } else {
          refused++;
          expect(await watched.errorKind()).toMatch(/^(?:incomplete|nonsense)$/);
          expect(watched.memory()).toEqual(before);
        }
      }),
      { numRuns: 300, examples: [[good], [{ count: 0, release_plans: [] }]] },
    );
    expect([whole > 10, refused > 10]).toEqual([true, true]);
  });

  test('a list that is cut after any byte, or has any byte changed, changes nothing that is known unless it is whole', async () => {
    const text = JSON.stringify(good);
    let sent: string | Buffer = text;
    await using cloud = await startScriptedCloud((_request, response) => response.end(sent));
    const watched = watching(cloud.url);
    await watched.look();
    const before = watched.memory();
    for (let length = 0; length < text.length; length++) {
      sent = text.slice(0, length);
      expect(await watched.look()).toMatchObject({ ok: false });
      expect(await watched.errorKind()).toBe('nonsense');
    }
    // That it could not be read was told meanwhile; of plans nothing was.
    const plans = watched.json('checkpoint/shop.json').plans;
    expect(plans).toEqual(JSON.parse(before.get('checkpoint/shop.json') ?? '').plans);
    for (let place = 0; place < text.length; place++) {
      const bytes = Buffer.from(text);
      bytes[place] = 0xff;
      sent = bytes;
      expect(await watched.look()).toMatchObject({ ok: false });
      expect(await watched.errorKind()).toBe('nonsense');
    }
    expect(watched.json('checkpoint/shop.json').plans).toEqual(plans);
  });
});
