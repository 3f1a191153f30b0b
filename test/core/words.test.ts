import { describe, expect, test } from '@jest/globals';
import { type Event, noticeTypes, type PlanEvent, planEvent } from '../../lib/core/event.ts';
import { composeMessage } from '../../lib/core/message.ts';
import { en } from '../../lib/core/words/en.ts';
import { languages, wordsOf } from '../../lib/core/words.ts';

const [id, time] = ['shop-000000000042-0', '2026-11-24T03:04:05.678Z'];
const place = { source: 'shop', region: 'cn-north-4', projectId: '0123456789abcdef0123456789abcdef' };
const plan = { id: 'p1', name: 'checkout', action: 'upgrade', creator: 'wzh', executedAt: '2026-11-24T02:03:04.000Z' };

const statusEvent = (status: string, from = 'CREATED'): PlanEvent =>
  planEvent({ type: 'plan.status', plan: { ...plan, status }, from }, id, time, place);

/** Every word that a dictionary holds, where a message can show it. */
const everything: Event[] = [
  ...Object.keys(en.statuses).map((status) => statusEvent(status)),
  statusEvent('ODD', 'ODD'),
  ...noticeTypes.map(
    (type): Event => ({ id, type, time, source: 'shop', destination: 'chat', reason: 'x', advice: 'y' }),
  ),
  ...(['plan.appeared', 'plan.rerun', 'plan.removed'] as const).map((type) =>
    planEvent({ type, plan: { ...plan, status: 'FAILED' } }, id, time, place),
  ),
];

describe('in Chinese', () => {
  test('a failure reads like this', () => {
    const event = { ...statusEvent('FAILED'), failures: [{ component: 'cart', reason: 'image pull failed' }] };
    const style = { language: 'zh', timezone: 'Asia/Shanghai' } as const;
    expect(composeMessage({ id, events: [event], unsure: true }, style).text).toBe(`❌ 发布失败：checkout · shop
  cart：image pull failed
  状态：待发布 → … → 发布失败
  位置：shop (cn-north-4)
  创建人：wzh
  耗时：不超过 1 小时 2 分钟
  类型：批量升级
  上次执行：2026-11-24 10:03:04 UTC+08:00
  发现时间：2026-11-24 11:04:05 UTC+08:00
  中间的状态没有看到。
  可能是重复消息：上一次发送没有收到应答。
  打开 ServiceStage：https://console.huaweicloud.com/servicestage/?region=cn-north-4
  ${id}`);
  });

  test.each([
    ['CREATED', '待发布'],
    ['SUCCESS', '已发布'],
    ['FAILED', '发布失败'],
    ['PARTIALLY_FAILED', '部分失败'],
    ['ABORTED', '已中止'],
    ['ROLLBACK_SUCCEED', '已回滚'],
    ['ROLLBACK_FAILED', '回滚失败'],
  ])('%s is %s, as the console has it', (status, label) => {
    const [fact] = composeMessage({ id, events: [statusEvent(status, 'ODD')] }, { language: 'zh' }).facts;
    expect(fact).toStrictEqual({ label: '状态', value: `ODD → ${label}` });
  });

  test('nothing is left in English but what people and vendors wrote', () => {
    const english =
      /\b(?!ServiceStage\b|planwatch\b|backfill\b|deadLetters\b|UTC\b|ODD\b|shop\b|chat\b|checkout\b|wzh\b)[A-Za-z]{2,}/;
    for (const event of everything) {
      const { title, facts, notes, link, labels } = composeMessage(
        { id, events: [event], repeat: true },
        { language: 'zh' },
      );
      const texts = [title, ...facts.flatMap(({ label, value }) => [label, value]), ...notes, link?.label ?? ''];
      const drawn = [labels.whatToDo, labels.failed(2), labels.more(3)];
      for (const text of [...texts, ...drawn]) expect(text.replace('cn-north-4', '')).not.toMatch(english);
    }
  });
});

test.each(languages)('no word of %s is empty or lacks what it was given', (language) => {
  for (const event of everything) {
    const { text } = composeMessage({ id, events: [event] }, { language });
    expect(text).not.toMatch(/undefined|NaN|\[object/);
    for (const line of text.split('\n')) expect(line).toMatch(/\S.*\S/);
  }
  const digest = composeMessage({ id, events: everything }, { language });
  expect(digest.title).toContain(String(everything.length));
});

test('a language of a later version is English', () => {
  expect(wordsOf('fr' as 'en')).toBe(en);
});

describe('an approval that is waited for', () => {
  const message = composeMessage({ id, events: [statusEvent('AWAITING_APPROVAL', 'RELEASING')] });

  test('asks for somebody, and does not look like a plan that waits for its turn', () => {
    expect(message.title).toBe('Release waits for an approval: checkout · shop');
    expect([message.tone, message.icon]).toStrictEqual(['warning', '✋']);
    expect(message.notes).toContain('Nothing goes on until somebody approves it in ServiceStage.');
  });

  test('is counted for itself', () => {
    const events = [statusEvent('AWAITING_APPROVAL'), statusEvent('CREATED')];
    expect(composeMessage({ id, events }).title).toMatch(/^2 changes: 1 waiting for an approval, 1 waiting to run/);
  });

  test('is no more than gone once it is gone', () => {
    const removed = planEvent(
      { type: 'plan.removed', plan: { ...plan, status: 'AWAITING_APPROVAL' } },
      id,
      time,
      place,
    );
    expect(composeMessage({ id, events: [removed] })).toMatchObject({ icon: '🗑️', notes: [] });
  });
});

describe('which component failed, as far as the source knows', () => {
  test.each([
    [{}, 'cart'],
    [{ version: '2026.48' }, 'cart (2026.48)'],
    [{ version: '2026.48', batch: '2' }, 'cart (2026.48, batch 2)'],
    [{ batch: '2', durationMs: 183_000 }, 'cart (batch 2, after 3 min)'],
  ])('with %j: %s', (more, component) => {
    const failures = [{ component: 'cart', reason: 'x', ...more }];
    const message = composeMessage({ id, events: [{ ...statusEvent('FAILED'), failures }] });
    expect(message.failures).toStrictEqual([{ component, reason: 'x' }]);
  });
});
