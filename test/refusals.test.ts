import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Fault, Seen } from './support/cas-proxy.ts';
import { type Deployment, deploy } from './support/deployment.ts';
import { failedPlan } from './support/sample-plan.ts';

/** AWS refuses a call of a function: one line says which call, on what, and what is missing; then it goes on by itself. */

let planwatch: Deployment;
beforeEach(async () => {
  planwatch = await deploy({ references: true });
  planwatch.setPlans([]);
  await planwatch.poll();
  await planwatch.delivered();
  await planwatch.slack.next();
  await planwatch.webhook.next();
  planwatch.setPlans([failedPlan('a')]);
});
afterEach(() => planwatch.close());

const refused = (status: number, code: string): Fault => ({ forward: false, hears: { status, code } });
const on = (method: string, folder: string, fault: Fault) => (request: Seen) =>
  request.method === method && request.url.includes(`/e2e/${folder}/`) ? fault : undefined;
const mended = () => {
  planwatch.s3.proxy.fault = () => undefined;
  planwatch.secretsServer.refuse = undefined;
  planwatch.sqs.faults = undefined;
};

/** Both chats hear of the release, once. */
async function toldOnce(): Promise<void> {
  await planwatch.delivered();
  expect((await planwatch.slack.next()).body.text).toContain('release-a');
  expect((await planwatch.webhook.next()).body).toMatchObject({ type: 'plan.appeared' });
  planwatch.slack.expectNothingMore();
  planwatch.webhook.expectNothingMore();
}

describe('poll is refused', () => {
  const denied = { status: 400, type: 'AccessDeniedException' };
  const throttled = { status: 400, type: 'ThrottlingException' };
  test.each<[string, () => void, RegExp]>([
    [
      'a bucket that is not there',
      () => {
        planwatch.s3.proxy.fault = () => refused(404, 'NoSuchBucket');
      },
      /get "(?:checkpoint|health)\/default\.json": bucket "planwatch-test": .*NoSuchBucket: there is no such bucket .*PLANWATCH_BUCKET/,
    ],
    [
      'reading its checkpoint',
      () => {
        planwatch.s3.proxy.fault = on('GET', 'checkpoint', refused(403, 'AccessDenied'));
      },
      /get "checkpoint\/default\.json": bucket "planwatch-test": .*AccessDenied: allow the role s3:GetObject .*s3:ListBucket/,
    ],
    [
      'writing to its log',
      () => {
        planwatch.s3.proxy.fault = on('PUT', 'log', refused(403, 'AccessDenied'));
      },
      /create "log\/default\/000000000002\.json": bucket "planwatch-test": .*AccessDenied: allow the role s3:PutObject/,
    ],
    [
      'sending to the queue',
      () => {
        planwatch.sqs.faults = (action) =>
          action === 'SendMessageBatch'
            ? { status: 403, body: { __type: 'com.amazonaws.sqs#AccessDeniedException', message: 'no' } }
            : undefined;
      },
      /SQS SendMessageBatch on http:\S+planwatch\.fifo failed: AccessDenied.*needs sqs:SendMessage/,
    ],
  ])('%s: one line says it, and the next tick tells the release', async (_, refuse, words) => {
    refuse();
    const how = await planwatch.poller.invoke({});
    expect(how).toMatchObject({ kind: 'error', value: { errorMessage: expect.stringMatching(words) } });
    expect((how as { value: { errorMessage: string } }).value.errorMessage).not.toContain('\n');
    expect(planwatch.poller.lines.some((line) => words.test(line.replaceAll('\\"', '"')))).toBe(true);
    await planwatch.delivered();
    mended();
    expect(await planwatch.poll()).toMatchObject({ sources: [{ ok: true, revision: 2 }] });
    await toldOnce();
  });

  test.each([
    ['is throttled', throttled, /ssm:\/planwatch\/ak: ssm answered HTTP 400 ThrottlingException/],
    ['is denied', denied, /ssm:\/planwatch\/ak: not allowed; the role needs ssm:GetParameter/],
  ])('a parameter that %s: one line names it, and the next tick tells the release', async (_, answer, words) => {
    planwatch.poller.kill();
    planwatch.secretsServer.refuse = ({ name }) => (name === '/planwatch/ak' ? answer : undefined);
    const how = await planwatch.poller.invoke({});
    expect(how).toMatchObject({ kind: 'error', value: { errorMessage: expect.stringMatching(words) } });
    mended();
    expect(await planwatch.poll()).toMatchObject({ sources: [{ ok: true, revision: 2 }] });
    await toldOnce();
  });
});

describe('deliver is refused', () => {
  test('writing a lane: nothing is sent, one line says it, and it is told when that is mended', async () => {
    planwatch.s3.proxy.fault = on('PUT', 'lanes', refused(403, 'AccessDenied'));
    const before = planwatch.slack.requests.length;
    await planwatch.poll();
    await planwatch.delivered();
    expect(planwatch.slack.requests).toHaveLength(before);
    const words = /put "lanes\/slack\.json": bucket "planwatch-test": .*AccessDenied: allow the role s3:PutObject/;
    expect(planwatch.deliverer.lines.some((line) => words.test(line.replaceAll('\\"', '"')))).toBe(true);
    mended();
    await planwatch.later(30_000);
    await toldOnce();
  });

  test('a throttled parameter: only its destination waits, and the line names it', async () => {
    planwatch.deliverer.kill();
    planwatch.secretsServer.refuse = ({ name }) =>
      name === '/planwatch/slack' ? { status: 400, type: 'ThrottlingException' } : undefined;
    await planwatch.poll();
    await planwatch.delivered();
    expect((await planwatch.webhook.next()).body).toMatchObject({ type: 'plan.appeared' });
    planwatch.slack.expectNothingMore();
    expect(planwatch.deliverer.lines.join('\n')).toContain(
      'ssm:/planwatch/slack: ssm answered HTTP 400 ThrottlingException',
    );
    mended();
    await planwatch.later(30_000);
    await planwatch.delivered();
    expect((await planwatch.slack.next()).body.text).toContain('release-a');
    planwatch.slack.expectNothingMore();
    planwatch.webhook.expectNothingMore();
  });
});
