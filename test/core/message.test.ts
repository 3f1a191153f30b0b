import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Change } from '../../lib/core/change.ts';
import { type Failure, noticeTypes, planEvent } from '../../lib/core/event.ts';
import { composeMessage } from '../../lib/core/message.ts';
import { place, seedPlan as seed, seen as time } from '../channels/sample-message.ts';

const id = 'shop-prod-000000000042-0';
const broken = [{ component: 'cart', reason: 'image pull failed' }];

const tell = (change: Change, failures: readonly Failure[] = [], more = {}) =>
  composeMessage({ id, events: [planEvent(change, id, time, place, failures)], ...more });
const to = (status: string, from = 'RUNNING'): Change => ({ type: 'plan.status', plan: { ...seed, status }, from });

describe('notes say what a reader must know to take it right', () => {
  test.each<[string, string[], Parameters<typeof tell>]>([
    ['nothing to add', [], [to('SUCCESS')]],
    ['a state was skipped', ['States in between were not seen.'], [to('SUCCESS', 'FAILED')]],
    [
      'why it failed is not known',
      ['Which component failed is not known: ServiceStage has the details.'],
      [to('FAILED')],
    ],
    ['why it failed is told', [], [to('FAILED'), broken]],
    ['why a removed one had failed is no news', [], [{ type: 'plan.removed', plan: { ...seed, status: 'FAILED' } }]],
    ['fewer failures than may be kept are all of them', [], [to('FAILED'), Array(19).fill(broken[0])]],
    [
      'there may be more failures than are kept',
      ['Only the first 20 failing components are listed.'],
      [to('FAILED'), Array(20).fill(broken[0])],
    ],
    [
      'an answer was lost',
      ['May be a repeat: the answer to an earlier try was lost.'],
      [to('SUCCESS'), [], { unsure: true }],
    ],
    ['somebody asked for it', ['Sent again on request.'], [to('SUCCESS'), [], { repeat: true }]],
    [
      'all of it, what happened first',
      [
        'Which component failed is not known: ServiceStage has the details.',
        'States in between were not seen.',
        'Sent again on request.',
        'May be a repeat: the answer to an earlier try was lost.',
      ],
      [to('FAILED', 'CREATED'), [], { unsure: true, repeat: true }],
    ],
  ])('%s', (_rule, notes, told) => {
    const message = tell(...told);
    expect(message.notes).toEqual(notes);
    expect(message.text).toContain(notes.map((note) => `\n  ${note}`).join(''));
  });
});

test('what a plan does not have is left out', () => {
  const { createdAt: _, executedAt: __, ...bare } = { ...seed, creator: '', action: '' };
  const labels = tell({ type: 'plan.appeared', plan: bare }).facts.map(({ label }) => label);
  expect(labels).toEqual(['Status', 'Where', 'Seen']);
});

test('no notice lacks a word because the event lacks a field', () => {
  for (const type of noticeTypes) {
    expect(composeMessage({ id, events: [{ id, type, time }] }).text).not.toMatch(/undefined|NaN/);
  }
});

describe('whatever people typed', () => {
  test.each([
    ['a line break forges no line', 'a\n  Status: SUCCESS', 'a Status: SUCCESS'],
    ['nor does any other separator', 'a\r\n\u2028\u0085b\u0000', 'a b'],
    ['a direction override is dropped', 'a\u202eb\u2066c', 'abc'],
    ['half a character is replaced', 'a\ud83e', 'a\ufffd'],
    ['markup is left to the channels', '<!channel> *b* & :x:', '<!channel> *b* & :x:'],
    ['blanks inside a line stay', 'a  b', 'a  b'],
  ])('%s', (_rule, typed, shown) => {
    const message = tell({ ...to('FAILED'), plan: { ...seed, name: typed, creator: typed } }, [
      { component: typed, reason: typed },
    ]);
    expect(message.title).toBe(`Release succeeded: ${shown} · shop-prod`);
    expect(message.facts.find(({ label }) => label === 'Creator')?.value).toBe(shown);
    expect(message.failures).toEqual([{ component: shown, reason: shown }]);
  });

  test('every text is one well-formed line, and the text has one line for each', () => {
    const typed = fc
      .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 30 })
      .map((units) => String.fromCharCode(...units));
    fc.assert(
      fc.property(typed, typed, typed, typed, (name, status, component, reason) => {
        const message = tell({ ...to(status), plan: { ...seed, name, status } }, [{ component, reason }]);
        const texts = [
          message.title,
          ...message.facts.map(({ value }) => value),
          ...message.failures.flatMap(Object.values),
        ];
        for (const text of texts) expect(text.isWellFormed() && !/[\p{Cc}\u2028\u2029\u202e]/u.test(text)).toBe(true);
        const lines = 1 + message.failures.length + message.facts.length + message.notes.length + 2;
        expect(message.text.split(/[\n\r\u2028]/)).toHaveLength(lines);
      }),
    );
  });

  test('a name of blanks is no name, and a creator of blanks no fact', () => {
    const message = tell({ type: 'plan.appeared', plan: { ...seed, name: ' \n', creator: ' ' } });
    expect(message.title).toBe(`New release plan, succeeded: ${seed.id} · shop-prod`);
    expect(message.facts.map(({ label }) => label)).not.toContain('Creator');
  });

  test('a component without a name or a reason still makes a sentence', () => {
    expect(tell(to('FAILED'), [{ component: ' ', reason: '' }]).text).toContain(
      '\n  a component without a name: no reason given\n',
    );
  });

  test('100 kB of blanks take no more time than reading them', () => {
    const event = planEvent({ type: 'plan.appeared', plan: seed }, id, time, place);
    const name = `a${' '.repeat(100_000)}b`;
    const { title } = composeMessage({ id, events: [{ ...event, plan: { ...event.plan, name } }] });
    expect(title.includes(name)).toBe(true);
  });
});
