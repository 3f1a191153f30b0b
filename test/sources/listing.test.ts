import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { SourceError } from '../../lib/core/source-error.ts';
import { answer, faultOf, projectId, soon, sourceAt, startScriptedCloud } from './scripted-cloud.ts';

const fixture = (name: string): Promise<string> =>
  readFile(new URL(`../fixtures/release-plans/${name}`, import.meta.url), 'utf8');

describe('a list', () => {
  test('comes in our spelling, with the digest of the bytes as they came', async () => {
    const body = await fixture('seed-reply.json');
    await using cloud = await startScriptedCloud(answer(200, body));
    const listing = await sourceAt(cloud.url).source.list(undefined, soon());
    expect(listing).toEqual({
      digest: createHash('sha256').update(body).digest('hex'),
      plans: [
        {
          id: '4cf4d39e-c11a-41b0-82eb-30defc376d52',
          name: 'release-1zws2j',
          action: 'create',
          status: 'SUCCESS',
          creator: 'wzh',
          createdAt: '2024-04-01T06:27:40.132Z',
          executedAt: '2024-04-01T06:27:40.379Z',
        },
      ],
    });
  });

  test('is asked for as documented: path, Content-Type, X-Project-Id, one signed request', async () => {
    await using cloud = await startScriptedCloud(answer(200, await fixture('seed-reply.json')));
    await sourceAt(cloud.url).source.list(undefined, soon());
    expect(cloud.asked).toHaveLength(1);
    const [{ method, path, headers } = { method: '', path: '', headers: {} }] = cloud.asked;
    expect([method, path]).toEqual(['GET', `/v3/${projectId}/cas/release-plans`]);
    expect(headers).toMatchObject({
      'content-type': 'application/json;charset=utf8',
      'x-project-id': projectId,
      'x-sdk-date': '20261124T030405Z',
    });
    expect(headers.authorization).toMatch(
      /^SDK-HMAC-SHA256 Access=AKEXAMPLE0000000001, SignedHeaders=content-type;host;x-project-id;x-sdk-date, Signature=/,
    );
  });

  test('keeps what nobody documented: a status, an action, times that never were', async () => {
    await using cloud = await startScriptedCloud(answer(200, await fixture('every-status.json')));
    const { plans = [] } = await sourceAt(cloud.url).source.list(undefined, soon());
    expect(plans).toHaveLength(9);
    expect(plans[0]).not.toHaveProperty('executedAt');
    expect(plans[7]).toMatchObject({ status: 'RELEASING' });
    expect(plans[7]).not.toHaveProperty('executedAt');
    expect(plans[8]).toMatchObject({ status: 'SOMETHING_NEW', action: 'canary' });
    expect(plans[3]?.name).toBe('支付服务 <灰度> & "quotes"');
  });

  test('that is known already is not parsed: even a body that is no list at all', async () => {
    const known = createHash('sha256').update('not a list').digest('hex');
    await using cloud = await startScriptedCloud(answer(200, 'not a list'));
    expect(await sourceAt(cloud.url).source.list(known, soon())).toEqual({ digest: known });
  });

  test('that comes compressed has the digest of what was in it', async () => {
    const body = await fixture('seed-reply.json');
    const packed = gzipSync(body);
    await using cloud = await startScriptedCloud(answer(200, packed, { 'Content-Encoding': 'gzip' }));
    const { digest, plans } = await sourceAt(cloud.url).source.list(undefined, soon());
    expect(digest).toBe(createHash('sha256').update(body).digest('hex'));
    expect(plans).toHaveLength(1);
  });

  test('with no plans is a list, too', async () => {
    await using cloud = await startScriptedCloud(answer(200, { count: 0, release_plans: [] }));
    expect((await sourceAt(cloud.url).source.list(undefined, soon())).plans).toEqual([]);
  });
});

const one = { id: 'p1', status: 'SUCCESS', name: 'n', action: 'create', creator: 'c' };

describe('an answer that is no complete list is never a list', () => {
  test.each<[rule: string, status: number, body: unknown, reason: RegExp]>([
    ['an empty object', 200, {}, /^HTTP 200, but the answer has no release_plans array$/],
    ['a bare array', 200, [], /not a JSON object/],
    ['no body', 200, '', /^HTTP 200, but an empty answer$/],
    ['a login page', 200, '<!doctype html><title>Log in</title>', /^HTTP 200, but an HTML page instead of JSON$/],
    ['words', 200, 'OK', /an answer that is not JSON/],
    ['bytes that are no text', 200, Buffer.from([0x7b, 0xff, 0xfe]), /an answer that is not JSON/],
    ['JSON that ends early', 200, '{"count":1,"release_plans":[{"id":', /half an answer: 34 bytes/],
    ['more than it counts', 200, { count: 0, release_plans: [one] }, /count says 0, but 1 came/],
    ['one plan twice', 200, { count: 2, release_plans: [one, one] }, /only 1 distinct ids/],
    ['a part of the content', 206, { count: 0, release_plans: [] }, /^HTTP 206$/],
    ['no content', 204, '', /^HTTP 204: an empty answer$/],
  ])('%s', async (_rule, status, body, reason) => {
    await using cloud = await startScriptedCloud(answer(status, body));
    const error = await faultOf(sourceAt(cloud.url).source.list(undefined, soon()));
    expect(error.message).toMatch(reason);
    expect(error.advice).toMatch(/\w+.*\.$/);
    expect(cloud.asked).toHaveLength(1);
  });

  test('a list cut after any byte is a SourceError', async () => {
    const body = (await fixture('seed-reply.json')).trim();
    let sent = '';
    await using cloud = await startScriptedCloud((_request, response) => response.end(sent));
    const { source } = sourceAt(cloud.url);
    for (let length = 0; length < body.length; length++) {
      sent = body.slice(0, length);
      await faultOf(source.list(undefined, soon()));
    }
    sent = body;
    expect((await source.list(undefined, soon())).plans).toHaveLength(1);
  });

  test('any JSON at all gives plans or a SourceError, and nothing else', async () => {
    let sent: unknown;
    await using cloud = await startScriptedCloud((_request, response) => response.end(JSON.stringify(sent)));
    const { source } = sourceAt(cloud.url);
    const nearly = fc.record(
      {
        count: fc.oneof(fc.nat(3), fc.jsonValue()),
        release_plans: fc.oneof(
          fc.jsonValue(),
          fc.array(
            fc.record(
              {
                id: fc.oneof(fc.string(), fc.jsonValue()),
                status: fc.oneof(fc.string(), fc.jsonValue()),
                name: fc.oneof(fc.string(), fc.jsonValue()),
                create_time: fc.oneof(fc.integer(), fc.double(), fc.jsonValue()),
              },
              { requiredKeys: [] },
            ),
            { maxLength: 3 },
          ),
        ),
      },
      { requiredKeys: [] },
    );
    let lists = 0;
    await fc.assert(
      fc.asyncProperty(fc.oneof(nearly, fc.jsonValue()), async (body) => {
        sent = body;
        try {
          const { plans } = await source.list(undefined, soon());
          expect(Array.isArray(plans)).toBe(true);
          lists++;
        } catch (error) {
          expect(error).toBeInstanceOf(SourceError);
        }
      }),
      { numRuns: 300, examples: [[{ count: 0, release_plans: [] }]] },
    );
    expect(lists).toBeGreaterThan(0);
  });
});

describe('why a plan failed', () => {
  const planId = '9f0c1a52-0d5e-4c6b-8a3e-000000000003';

  test('is what its components say, the silent ones included', async () => {
    await using cloud = await startScriptedCloud(answer(200, await fixture('deploy-info.json')));
    expect(await sourceAt(cloud.url).source.failures(planId, soon())).toEqual([
      { component: 'cart', reason: 'image pull failed', version: '2026.0105.0809', batch: '2', durationMs: 183_000 },
      {
        component: 'pricing',
        reason: 'readiness probe failed; rollback failed: quota exceeded',
        version: '1.4.0',
        batch: '2',
      },
      { component: 'ledger', reason: 'rollback failed: node lost', version: '1.4.0', batch: '3' },
      { component: 'c5', reason: 'no reason given', batch: '3' },
    ]);
    expect(cloud.asked[0]?.path).toBe(`/v3/${projectId}/cas/release-plans/${planId}/deploy-info`);
  });

  test.each([
    ['no components', {}],
    ['components that are no array', { components: 'none' }],
  ])('is a SourceError where there are %s', async (_rule, body) => {
    await using cloud = await startScriptedCloud(answer(200, body));
    const error = await faultOf(sourceAt(cloud.url).source.failures(planId, soon()));
    expect(error.message).toContain('no components array');
  });

  test('skips a component that is nonsense', async () => {
    const components = [null, 'x', { name: 7, fail_message: ['y'] }, { name: 'cart', fail_message: 'z' }];
    await using cloud = await startScriptedCloud(answer(200, { components }));
    expect(await sourceAt(cloud.url).source.failures(planId, soon())).toEqual([{ component: 'cart', reason: 'z' }]);
  });

  test.each(['..', '.', ''])('a plan id that would lead to another call (%j) is never asked', async (id) => {
    await using cloud = await startScriptedCloud(answer(200, {}));
    await faultOf(sourceAt(cloud.url).source.failures(id, soon()));
    expect(cloud.asked).toEqual([]);
  });

  test('a plan id cannot leave its place in the path', async () => {
    await using cloud = await startScriptedCloud(answer(200, { components: [] }));
    await sourceAt(cloud.url).source.failures('../x?y#z', soon());
    expect(cloud.asked[0]?.path).toBe(`/v3/${projectId}/cas/release-plans/..%2Fx%3Fy%23z/deploy-info`);
  });
});

describe('how long it took until a component failed', () => {
  const [start_time, end_time] = [1_767_600_000_000, 1_767_600_183_000];
  const failed = { name: 'cart', fail_message: 'x' };

  test.each<[rule: string, component: object, durationMs: number | undefined]>([
    ['from start to end', { start_time, end_time }, 183_000],
    ['of no time', { start_time, end_time: start_time }, 0],
    ['an end before its start is none', { start_time: end_time, end_time: start_time }, undefined],
    ['no end: still under way', { start_time, end_time: 0 }, undefined],
    ['no start', { start_time: null, end_time }, undefined],
    ['a text is no time', { start_time: 'then', end_time }, undefined],
    [
      'of the rollback, where that is what failed',
      {
        start_time,
        end_time,
        rollback_start_time: end_time,
        rollback_end_time: end_time + 7_000,
        rollback_fail_message: 'y',
      },
      7_000,
    ],
    ['of a rollback without times', { start_time, end_time, status: 'ROLLBACK_FAILED' }, undefined],
  ])('%s', async (_rule, component, durationMs) => {
    await using cloud = await startScriptedCloud(answer(200, { components: [{ ...failed, ...component }] }));
    const [failure] = await sourceAt(cloud.url).source.failures('p1', soon());
    expect(failure?.durationMs).toBe(durationMs);
  });

  test.each([
    ['2', '2'],
    [2, '2'],
    ['', undefined],
    [null, undefined],
    [{}, undefined],
  ])('the batch %j is %j', async (seq, batch) => {
    await using cloud = await startScriptedCloud(answer(200, { components: [{ ...failed, seq }] }));
    expect((await sourceAt(cloud.url).source.failures('p1', soon()))[0]?.batch).toBe(batch);
  });
});

describe('a plan that the list does not show', () => {
  test.each<[what: string, status: number, body: unknown, whereabouts: string]>([
    ['is there', 200, { id: 'p1', name: 'n', status: 'SUCCESS', components: [] }, 'there'],
    ['is gone', 404, { error_code: 'SVCSTG.00100433', error_msg: 'x' }, 'gone'],
    ['is gone, in the words of a 401', 401, { error_code: 'SVCSTG.00100401', error_msg: 'x' }, 'gone'],
    ['is gone, without a word', 404, '', 'gone'],
    ['cannot be asked for: no such path', 404, { error_code: 'APIGW.0101', error_msg: 'x' }, 'unknown'],
    ['cannot be asked for: no such path, in older words', 404, { error_code: 'APIG.0101', error_msg: 'x' }, 'unknown'],
    ['may not be asked for', 403, {}, 'unknown'],
    ['is asked for with a wrong key', 401, { error_code: 'APIGW.0301', error_msg: 'x' }, 'unknown'],
    ['is hidden behind trouble', 500, {}, 'unknown'],
    ['is hidden behind a login page', 200, '<html>', 'unknown'],
    ['is hidden behind other JSON', 200, { message: 'OK' }, 'unknown'],
    ['is hidden behind a list', 200, [], 'unknown'],
  ])('%s', async (_what, status, body, whereabouts) => {
    await using cloud = await startScriptedCloud(answer(status, body));
    expect(await sourceAt(cloud.url).source.confirmRemoved('p1', soon())).toBe(whereabouts);
    expect(cloud.asked[0]?.path).toBe(`/v3/${projectId}/cas/release-plans/p1`);
  });

  test('cannot lead to another call by its id', async () => {
    await using cloud = await startScriptedCloud(answer(200, {}));
    expect(await sourceAt(cloud.url).source.confirmRemoved('..', soon())).toBe('unknown');
    expect(cloud.asked).toEqual([]);
  });
});
