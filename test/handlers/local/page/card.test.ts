import { describe, expect, test } from '@jest/globals';
import { type Card, cardOf } from '../../../../handlers/local/page/kinds/card.ts';
import { linkedParts } from '../../../../handlers/local/page/kinds/linked-text.ts';
import { teamsMarkdown } from '../../../../handlers/local/page/kinds/teams-markdown.ts';

const link = 'https://console.example/plan';

/** What each chat's own documents call things. */
const payloads: readonly [chat: string, payload: unknown, card: Partial<Card>][] = [
  [
    'Discord',
    {
      content: 'Release failed',
      allowed_mentions: { parse: [] },
      embeds: [
        {
          title: 'Release failed: shop',
          url: link,
          color: 0xe01e5a,
          description: 'cart: image pull failed',
          fields: [{ name: 'Status', value: 'CREATED → FAILED', inline: true }],
          footer: { text: 'shop-1' },
        },
      ],
    },
    {
      title: 'Release failed: shop',
      colour: '#e01e5a',
      texts: ['Release failed', 'cart: image pull failed', 'shop-1'],
      fields: [{ label: 'Status', value: 'CREATED → FAILED' }],
      links: [{ label: link, href: link }],
    },
  ],
  [
    'Feishu',
    {
      msg_type: 'interactive',
      card: {
        config: { wide_screen_mode: true },
        header: { template: 'red', title: { tag: 'plain_text', content: 'Release failed' } },
        elements: [
          { tag: 'div', text: { tag: 'lark_md', content: 'cart: image pull failed' } },
          {
            tag: 'action',
            actions: [{ tag: 'button', text: { tag: 'plain_text', content: 'Open' }, url: link, type: 'default' }],
          },
        ],
      },
    },
    {
      title: 'Release failed',
      colour: '#e01e5a',
      texts: ['cart: image pull failed'],
      links: [{ label: 'Open', href: link }],
    },
  ],
  [
    'DingTalk',
    {
      msgtype: 'markdown',
      markdown: { title: 'Release failed', text: '### Release failed\n- cart' },
      at: { isAtAll: false },
    },
    { title: 'Release failed', texts: ['### Release failed\n- cart'] },
  ],
  [
    'WeCom',
    { msgtype: 'markdown', markdown: { content: '<font color="warning">Release failed</font>' } },
    { title: '', texts: ['<font color="warning">Release failed</font>'] },
  ],
  [
    'Telegram',
    { chat_id: '-100', text: '❌ Release failed', link_preview_options: { is_disabled: true } },
    { texts: ['❌ Release failed'] },
  ],
  [
    'PagerDuty',
    {
      event_action: 'trigger',
      dedup_key: 'k',
      payload: { summary: 'Release failed', source: 'shop', severity: 'critical' },
      links: [{ href: link, text: 'Open' }],
    },
    { title: 'Release failed', colour: '#e01e5a', links: [{ label: 'Open', href: link }] },
  ],
  [
    'SMN',
    { subject: 'Release failed', message: 'cart: image pull failed' },
    { title: 'Release failed', texts: ['cart: image pull failed'] },
  ],
  ['nothing at all', null, { title: '', texts: [] }],
  ['a bare text', 'Release failed', { texts: [] }],
];

describe('a plain card', () => {
  test.each(payloads)('of %s has its words, colour, fields and links', (_chat, payload, card) => {
    expect(cardOf(payload)).toMatchObject(card);
  });

  test.each(['javascript:alert(1)', 'data:text/html,x', 'vbscript:x', '//evil.example', 'not an address'])(
    'makes no link of %s',
    (address) => {
      expect(cardOf({ links: [{ href: address, text: 'Open' }], url: address }).links).toEqual([]);
    },
  );
});

describe('the links in a text', () => {
  const open = { label: 'Open', href: link };
  test.each<[text: string, parts: ReturnType<typeof linkedParts>]>([
    ['no link', ['no link']],
    ['', []],
    [`- [Open](${link}) now`, ['- ', open, ' now']],
    [`<${link}|Open>`, [open]],
    [`<a href="${link}">Open</a>.`, [open, '.']],
    [`see ${link}`, ['see ', { label: link, href: link }]],
    ['[x](javascript:alert(1)) [y](data:x)', ['[x](javascript:alert(1)) [y](data:x)']],
    ['[not](a link', ['[not](a link']],
    ['<script>alert(1)</script>', ['<script>alert(1)</script>']],
  ])('%j', (text, parts) => {
    expect(linkedParts(text)).toEqual(parts);
  });
});

describe("a Teams card's Markdown", () => {
  test.each([
    ['plain words', 'plain words'],
    ['**2 components** failed', '<strong>2 components</strong> failed'],
    ['an _italic_ word, not snake_case_name', 'an <em>italic</em> word, not snake_case_name'],
    [`[Open](${link})`, `<a href="${link}" target="_blank" rel="noreferrer noopener">Open</a>`],
    ['\\*not bold\\* and \\[no link\\]\\(x\\)', '*not bold* and [no link](x)'],
    ['two\nlines', 'two<br>lines'],
    ['<img src=x onerror=alert(1)>', '&lt;img src=x onerror=alert(1)&gt;'],
    ['**<b>**', '<strong>&lt;b&gt;</strong>'],
    ['[x](javascript:alert(1))', 'x)'],
    [
      '[<i>](https://a.example/"onclick="x)',
      '<a href="https://a.example/%22onclick=%22x" target="_blank" rel="noreferrer noopener">&lt;i&gt;</a>',
    ],
    ['\\<script\\>', '&lt;script&gt;'],
  ])('%j', (text, html) => {
    expect(teamsMarkdown(text)).toBe(html);
  });
});
