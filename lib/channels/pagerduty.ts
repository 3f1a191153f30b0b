import { isFailing, type Outcome } from '../core/outcome.ts';
import { type Misconfigured, readEndpoint } from './address.ts';
import { type Answer, createQuote } from './answer.ts';
import type { ChannelKindOf, SettingSpecs } from './channel.ts';
import { type Answers, jsonOf, meaningOf } from './meaning.ts';
import { pagerDutyEvents } from './pagerduty-payload.ts';
import { postJson } from './post.ts';

const newKey =
  'Copy the integration key of an "Events API v2" integration of the PagerDuty service, and put it where routingKey points.';

/** What PagerDuty's words mean: https://developer.pagerduty.com/docs/events-api-v2-overview#response-codes--retry-logic */
export const pagerDutyAnswers: Answers = {
  'invalid event': 'rejected',
  'Unrecognized object': 'rejected',
  // 120 a minute for a key, over the last 60 seconds: https://developer.pagerduty.com/docs/events-api-rate-limits
  'throttle exceeded': { retry: { waitMs: 60_000 } },
  'routing key': { advice: newKey },
};

const settings = {
  routingKey: {
    type: 'secret',
    required: true,
    description: 'The integration key of an "Events API v2" integration, 32 characters',
  },
  endpoint: {
    type: 'address',
    required: false,
    description: 'https://events.eu.pagerduty.com for accounts in the EU (default: https://events.pagerduty.com)',
  },
} as const satisfies SettingSpecs;

/**
 * So many of a digest's events at a time: forty, one after another, could take longer than a send may. All are asked for
 * whatever becomes of the others: what PagerDuty has already, a second copy does not change.
 */
const atOnce = 8;

/**
 * PagerDuty: a release that failed triggers an alert, and one that succeeded or was rolled back resolves it; both are
 * known by source and plan, so that a second copy does nothing. Nothing else pages anybody: it is settled without a
 * request, and the receipt says so.
 */
export const pagerduty: ChannelKindOf<typeof settings> = {
  settings,
  mentions: 'nobody',
  pace: { everyMs: 600, burst: 15 },
  hasPlain: false,
  example: { routingKey: '0123456789abcdef0123456789abcdef' },
  render: pagerDutyEvents,
  create(values, edges) {
    const quote = createQuote(settings, values);
    const address = readEndpoint('endpoint', values, 'https://events.pagerduty.com', '/v2/enqueue');
    const routing_key = values.routingKey?.trim() ?? '';
    return {
      async send(message, { signal }) {
        if ('kind' in address) return address;
        if (!/^[A-Za-z0-9]{32}$/.test(routing_key)) return noKey;
        const events = pagerDutyEvents(message);
        const outcomes: Outcome[] = [];
        while (outcomes.length < events.length) {
          const next = events.slice(outcomes.length, outcomes.length + atOnce).map(async (event) => {
            const answer = await postJson(address, { routing_key, ...event }, { ...edges, signal });
            return 'kind' in answer ? answer : outcomeOf(answer, quote);
          });
          outcomes.push(...(await Promise.all(next)));
        }
        // Then all of it is sent again later.
        const bad = outcomes.find(isFailing) ?? outcomes.find(({ kind }) => kind === 'rejected');
        if (bad) return bad;
        const [first] = outcomes;
        if (first === undefined) return { kind: 'delivered', reference: 'nothing to page or to resolve' };
        if (message.events.length === 1) return first;
        return { kind: 'accepted', reference: `${events.length} of ${message.events.length} events` };
      },
    };
  },
};

const noKey: Misconfigured = {
  kind: 'misconfigured',
  reason: 'routingKey is not the key of an integration, which has 32 letters and digits',
  advice: newKey,
};

function outcomeOf(answer: Answer, quote: (words: string) => string): Outcome {
  const { status, body } = answer;
  const { status: said, message, errors, dedup_key: key } = jsonOf(body) ?? {};
  if (status === 202 && said === 'success') {
    return { kind: 'accepted', ...(typeof key === 'string' && { reference: key }) };
  }
  const words = [said, message, ...(Array.isArray(errors) ? errors : [])].filter((word) => typeof word === 'string');
  // A key that is wrong looks like an event that is.
  const aboutKey = status === 400 && /routing.?key/i.test(body);
  return meaningOf(pagerDutyAnswers, answer, {
    code: aboutKey ? 'routing key' : status === 429 ? 'throttle exceeded' : String(said ?? ''),
    words: quote(words.join(' ') || body),
    success: '"status":"success"',
    advice: newKey,
  });
}
