import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type * as AdaptiveCards from 'adaptivecards';
import { Window } from 'happy-dom';
import { tellingEvents } from '../../handlers/local/preview/telling-events.ts';
import { outlineOf } from '../../lib/channels/outline.ts';
import { teams, teamsAnswers } from '../../lib/channels/teams.ts';
import { type TeamsPayload, teamsMentions, teamsPayload } from '../../lib/channels/teams-payload.ts';
import { composeMessage, type Message } from '../../lib/core/message.ts';
import type { Outcome } from '../../lib/core/outcome.ts';
import type { Scripted } from '../support/chat-server.ts';
import { startTeamsReceiver, teamsError, teamsFaults, teamsRun } from '../support/teams-server.ts';
import { describeChannel, failed, failedEvent, seen } from './channel-contract.ts';

const cardOf = (payload: TeamsPayload) => payload.attachments[0].content;
const elementsOf = (payload: TeamsPayload) =>
  cardOf(payload).body.flatMap((element) => (element.type === 'Container' ? element.items : element));
/** What a reader gets, a line a block. */
const linesOf = (payload: TeamsPayload) =>
  elementsOf(payload).map((element) =>
    (element.type === 'TextBlock' ? element.text : element.inlines.map(({ text }) => text).join('')).replaceAll(
      '\u2060',
      '',
    ),
  );
const markdownOf = (payload: TeamsPayload) =>
  elementsOf(payload).flatMap((element) => (element.type === 'TextBlock' ? element.text : []));

const copyAgain = expect.stringMatching(/copy its webhook link again/);
const instead = 'but instead of 202, or a Response action’s 200 without text, it said:';
const adviceOf = (code: string) => teamsAnswers[code] as { readonly advice: string };

describeChannel('teams', {
  kind: teams,
  start: startTeamsReceiver,
  settings: (url) => ({ url }),
  address: 'url',
  told: { kind: 'accepted' },
  halfAnswered: 'retry',
  codes: { answers: teamsAnswers, say: (code) => ({ status: 400, body: teamsError(code) }) },
  answers: [
    [
      '202 is accepted, and the run of the flow is where to look what became of it',
      { status: 202, headers: { 'x-ms-workflow-run-id': teamsRun } },
      { kind: 'accepted', reference: teamsRun },
    ],
    [
      'a run that is no name is left out',
      { status: 202, headers: { 'x-ms-workflow-run-id': '<script>' } },
      { kind: 'accepted' },
    ],
    [
      'a Response action’s 200 is delivered',
      { status: 200, headers: { 'x-ms-workflow-run-id': teamsRun } },
      { kind: 'delivered', reference: teamsRun },
    ],
    ['and with the posted message in its body', { status: 200, body: '{"id":"1"}' }, { kind: 'delivered' }],
    [
      'an error at 200 is one',
      { status: 200, body: teamsError('WorkflowNotFound') },
      {
        kind: 'misconfigured',
        reason: 'HTTP 200: {"error":{"code":"WorkflowNotFound","message":"about WorkflowNotFound"}}',
        ...adviceOf('WorkflowNotFound'),
      },
    ],
    [
      'a connector’s 200 with a failure in it is none of ours',
      { status: 200, body: 'Webhook message delivery failed with error: HTTP error 413' },
      {
        kind: 'retry',
        reason: `HTTP 200, ${instead} Webhook message delivery failed with error: HTTP error 413`,
        unsure: true,
      },
    ],
    [
      '200 with somebody’s page is not Teams',
      { status: 200, body: '<html><title>Sign in</title></html>' },
      { kind: 'retry', reason: `HTTP 200, ${instead} Sign in`, unsure: true },
    ],
    ['204 is not Teams', { status: 204 }, { kind: 'retry', reason: `HTTP 204, ${instead} nothing`, unsure: true }],
    [
      'a code that nobody met counts by its status',
      { status: 400, body: teamsError('NewCode') },
      { kind: 'rejected', reason: 'HTTP 400: {"error":{"code":"NewCode","message":"about NewCode"}}' },
    ],
    ...[401, 403, 404, 410].map((status): [string, Scripted, Outcome] => [
      `${status} without a known code: the address is wrong`,
      { status, body: 'what?' },
      { kind: 'misconfigured', reason: `HTTP ${status}: what?`, advice: copyAgain as unknown as string },
    ]),
    [
      '429 waits as long as the header says',
      { status: 429, headers: { 'retry-after': '7' } },
      { kind: 'retry', reason: 'HTTP 429', retryAfterMs: 7000 },
    ],
    [
      '502 of a flow that ended before its Response action may have posted',
      { status: 502, body: teamsError('NoResponse') },
      {
        kind: 'retry',
        reason: 'HTTP 502: {"error":{"code":"NoResponse","message":"about NoResponse"}}',
        unsure: true,
      },
    ],
    ['503 did nothing', { status: 503 }, { kind: 'retry', reason: 'HTTP 503' }],
    ['413: this message is wrong', { status: 413 }, { kind: 'rejected', reason: 'HTTP 413' }],
  ],
  check(rendered, message) {
    const payload = rendered as TeamsPayload;
    expect(teamsFaults(payload)).toEqual([]);
    expect(cardOf(payload).msteams.entities).toBeUndefined();
    for (const text of markdownOf(payload)) expect(text).toMatch(ours);
    const shown = linesOf(payload);
    if (Buffer.byteLength(JSON.stringify(message)) > 6000) return;
    // Where nothing needs to be cut, the reader gets every character.
    const { headline, lines, notes, id } = outlineOf(message);
    expect(shown[0]).toBe(headline);
    expect(shown).toEqual(expect.arrayContaining([...lines, ...notes, id]));
    const { facts, labels } = message;
    for (const { label, value, time } of facts) if (!time) expect(shown).toContain(labels.pair(label, value));
  },
});

/** All that ever stands where Teams reads Markdown, unless somebody is called: times. */
const ours =
  /^(?:(?:Seen|Created|Last run): |(?:发现时间|创建时间|上次执行)：)\{\{DATE\(([-\dT:]+Z), SHORT\)\}\} \{\{TIME\(\1\)\}\} \([-\d]+ [:\d]+ UTC\)$/;

describe('the Teams card', () => {
  test('names the components that failed before anything else', () => {
    expect(linesOf(teamsPayload(failed))).toEqual([
      '❌ Release failed: release-1zws2j · shop-prod',
      'The component that failed',
      '• cart: image pull failed',
      'Status: To release → … → Release failed',
      'Where: shop-prod (ap-southeast-3)',
      'Creator: wzh',
      'Action: batch deployment',
      'Last run: {{DATE(2024-04-01T06:27:40Z, SHORT)}} {{TIME(2024-04-01T06:27:40Z)}} (2024-04-01 06:27:40 UTC)',
      'Created: {{DATE(2024-04-01T06:27:40Z, SHORT)}} {{TIME(2024-04-01T06:27:40Z)}} (2024-04-01 06:27:40 UTC)',
      'Seen: {{DATE(2026-11-24T03:04:05Z, SHORT)}} {{TIME(2026-11-24T03:04:05Z)}} (2026-11-24 03:04:05 UTC)',
      'States in between were not seen.',
      'shop-prod-000000000042-0',
    ]);
    expect(cardOf(teamsPayload(failed)).body[0]).toMatchObject({ type: 'Container', style: 'attention' });
  });

  test.each([
    ['user:wzh@contoso.com', 'wzh@contoso.com'],
    ['user:4cf4d39e-c11a-41b0-82eb-30defc376d52', '4cf4d39e-c11a-41b0-82eb-30defc376d52'],
  ])('%s is called', (mention, id) => {
    const payload = teamsPayload(composeMessage({ id: 'a', events: [failedEvent], mention: [mention, mention] }));
    expect(teamsFaults(payload)).toEqual([]);
    expect(linesOf(payload)[1]).toBe(`<at>${id}</at>`);
    expect(cardOf(payload).msteams.entities).toEqual([
      { type: 'mention', text: `<at>${id}</at>`, mentioned: { id, name: id } },
    ]);
  });

  test.each(['here', 'all', 'user:wzh', 'group:ops', 'user:<at>wzh@contoso.com</at>'])(
    '%s calls nobody, and is shown as it was written',
    (mention) => {
      const payload = teamsPayload(composeMessage({ id: 'a', events: [failedEvent], mention: [mention] }));
      expect(linesOf(payload)[1]).toBe(mention);
      expect(cardOf(payload).msteams.entities).toBeUndefined();
    },
  );

  test('calls twenty at most, and says how many more there are', () => {
    const mention = Array.from({ length: 50 }, (_, index) => `user:p${index}@${'c'.repeat(60)}.com`.slice(0, 70));
    const payload = teamsPayload(composeMessage({ id: 'a', events: [failedEvent], mention }));
    expect(teamsFaults(payload)).toEqual([]);
    expect(cardOf(payload).msteams.entities).toHaveLength(20);
    expect(linesOf(payload)[2]).toBe('… (30 more)');
  });

  test('an id takes no shape that could be markup', () => {
    for (const id of ['a@b</at>', '<at>', 'a_b', '4cf4d39e', ' a@b.com', 'a@b.com\n']) {
      expect(id).not.toMatch(teamsMentions.user);
    }
  });

  test('what looks like a time of the client is shown as it was typed', () => {
    const name = '{{DATE(2017-02-14T06:00:00Z, SHORT)}} [ok](https://evil.example) {{TIME(2017-02-14T06:00:00Z)}}';
    const payload = teamsPayload(
      composeMessage({ id: 'a', events: [{ ...failedEvent, plan: { ...failedEvent.plan, name } }] }),
    );
    expect(teamsFaults(payload)).toEqual([]);
    expect(linesOf(payload)[0]).toContain(name);
  });

  test('a time that is none is text', () => {
    const createdAt = '2026-11-24 (<at>all</at>)';
    const event = { ...failedEvent, plan: { ...failedEvent.plan, createdAt } };
    const payload = teamsPayload(composeMessage({ id: 'a', events: [event] }));
    expect(markdownOf(payload)).toHaveLength(2);
    expect(teamsFaults(payload)).toEqual([]);
  });

  test('lists each of 40 failures, however long, with its status', () => {
    const events = Array.from({ length: 40 }, (_, index) => ({
      ...failedEvent,
      plan: { ...failedEvent.plan, name: `plan-${index}-${'中'.repeat(900)}` },
      failures: [{ component: 'cart', reason: 'because '.repeat(60) }],
    }));
    const payload = teamsPayload(composeMessage({ id: 'a.d40', events }));
    expect(teamsFaults(payload)).toEqual([]);
    for (const index of Array(40).keys()) {
      expect(linesOf(payload).filter((text) => text.startsWith(`❌ plan-${index}-`))).toHaveLength(1);
    }
  });

  test('says how many are left out when even cut lines do not fit', () => {
    const message = { ...failed, lines: Array(1000).fill({ icon: '❌', title: 'a', detail: 'b'.repeat(100) }) };
    const payload = teamsPayload(message);
    expect(teamsFaults(payload)).toEqual([]);
    const listed = linesOf(payload).filter((text) => text.startsWith('❌ a')).length + 1;
    expect(listed).toBeGreaterThan(60);
    expect(linesOf(payload)).toContain(`… (${1001 - listed} more)`);
  });
});

describe('drawn by Microsoft’s own renderer', () => {
  let cards: typeof AdaptiveCards;
  const window = new Window();
  afterAll(async () => window.happyDOM.close());
  beforeAll(async () => {
    const { document, HTMLElement, HTMLButtonElement } = window;
    Object.assign(globalThis, { window, document, HTMLElement, HTMLButtonElement });
    cards = await import('adaptivecards');
    // Without it the library warns of each text that could be Markdown.
    cards.AdaptiveCard.onProcessMarkdown = () => {};
  });

  const draw = (message: Message) => {
    const context = new cards.SerializationContext(cards.Versions.v1_4);
    const card = new cards.AdaptiveCard();
    card.parse(cardOf(teamsPayload(message)), context);
    const faults = card.validateProperties().validationEvents;
    const events = Array.from({ length: context.eventCount }, (_, index) => context.getEventAt(index));
    return { faults: [...events, ...faults].map(({ message }) => message), text: card.render()?.textContent ?? '' };
  };

  test.each(tellingEvents().flatMap((event) => (['en', 'zh'] as const).map((language) => ({ ...event, language }))))(
    '$name in $language is a card without a fault, and all of it is seen',
    ({ id, events, language }) => {
      const message = composeMessage({ id, events, mention: ['user:wzh@contoso.com'] }, { language });
      const { faults, text } = draw(message);
      expect(faults).toEqual([]);
      expect(text).not.toContain('{{');
      const lines = linesOf(teamsPayload(message)).filter((line) => !line.includes('{{'));
      for (const line of lines) expect(text).toContain(line);
      expect(text).toContain(message.link?.label ?? '');
    },
  );

  test('markup that people typed is text', () => {
    const name = '**b** [a](https://evil.example) {{DATE(2017-02-14T06:00:00Z, SHORT)}} <at>all</at>';
    const event = { ...failedEvent, plan: { ...failedEvent.plan, name } };
    const { faults, text } = draw(composeMessage({ id: 'a', events: [event] }));
    expect(faults).toEqual([]);
    expect(text.replaceAll('\u2060', '')).toContain(name);
  });

  test('a fault would be seen', () => {
    const context = new cards.SerializationContext(cards.Versions.v1_4);
    new cards.AdaptiveCard().parse({ type: 'AdaptiveCard', version: '1.4', body: [{ type: 'Nothing' }] }, context);
    expect(context.eventCount).toBeGreaterThan(0);
  });
});

test.each([
  'https://contoso.webhook.office.com/webhookb2/s3cret@s3cret/IncomingWebhook/s3cret',
  'https://outlook.office.com/webhook/s3cret',
  'https://outlook.office365.com/webhook/s3cret',
])('a connector’s address is refused with the way out: %s', async (url) => {
  const offline = async () => Promise.reject(new Error('nothing may be sent'));
  const channel = teams.create({ url }, { fetch: offline, now: () => new Date(seen) });
  const outcome = await channel.send(failed, { plain: false, signal: AbortSignal.timeout(1000) });
  expect(outcome).toEqual({
    kind: 'misconfigured',
    reason: expect.stringMatching(/connector.*retired/),
    advice: expect.stringMatching(/Workflows/),
  });
  expect(JSON.stringify(outcome)).not.toContain('s3cret');
});

test('a 200 that breaks off before its first byte proves nothing', async () => {
  const broken = new ReadableStream({ start: (body) => body.error(new Error('reset')) });
  const url = String(teams.example.url);
  const channel = teams.create({ url }, { fetch: async () => new Response(broken), now: () => new Date(seen) });
  const outcome = await channel.send(failed, { plain: false, signal: AbortSignal.timeout(1000) });
  expect(outcome).toEqual({ kind: 'retry', cause: 'other', reason: `HTTP 200, ${instead} nothing`, unsure: true });
});
