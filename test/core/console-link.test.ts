import { describe, expect, test } from '@jest/globals';
import { consoleLink, consoleUrlFault } from '../../lib/core/console-link.ts';
import { planEvent } from '../../lib/core/event.ts';
import { composeMessage } from '../../lib/core/message.ts';

const linked = { region: 'cn-north-4', projectId: 'p1', planId: 'a/b?c', source: 'shop' };

describe('a link to the console', () => {
  test.each([
    [undefined, 'https://console.huaweicloud.com/servicestage/?region=cn-north-4'],
    ['https://c.example/{source}/{projectId}#/{planId}', 'https://c.example/shop/p1#/a%2Fb%3Fc'],
    ['https://console.{region}.example/', 'https://console.cn-north-4.example/'],
    ['https://c.example/', 'https://c.example/'],
  ])('of the template %s is %s', (template, url) => {
    expect(consoleLink(linked, template)).toBe(url);
  });

  const event = planEvent(
    { type: 'plan.appeared', plan: { id: 'i1', name: 'a', action: '', status: 'CREATED', creator: '' } },
    'shop-1-0',
    '2026-11-24T03:04:05.678Z',
    { source: 'shop', region: 'r1', projectId: 'p1' },
  );
  const url = (count: number, consoleUrl: string) =>
    composeMessage({ id: 'a', events: Array(count).fill(event) }, { consoleUrl }).link?.url;

  test('leads to the plan that a message is about', () => {
    expect(url(1, 'https://c.example/{planId}')).toBe('https://c.example/i1');
  });

  test('of several plans leads to where they all are, not to the first', () => {
    expect(url(2, 'https://c.example/{planId}')).toBe('https://console.huaweicloud.com/servicestage/?region=r1');
    expect(url(2, 'https://c.example/{region}')).toBe('https://c.example/r1');
  });
});

test.each([
  ['http://c.example/', /not an https address/],
  ['c.example/{region}', /not an address/],
  ['javascript:alert(1)', /not an address/],
  ['https://c.example/{plan}', /placeholder that is none: there are \{region\}, .*\{planId\}/],
  ['https://c.example/{constructor}', /placeholder that is none/],
  ['https://{source}/', /in its host/],
  ['https://{planId}.example/', /in its host/],
  ['https://u:p@c.example/', /user name or password/],
  ['https://c.example/ x', /space/],
])('the template %s is refused', (template, fault) => {
  expect(consoleUrlFault(template)).toMatch(fault);
});

test.each(['https://c.example/?r={region}&p={projectId}#/{planId}/{source}', 'https://console.{region}.example/'])(
  'the template %s is fine',
  (template) => {
    expect(consoleUrlFault(template)).toBeUndefined();
  },
);
