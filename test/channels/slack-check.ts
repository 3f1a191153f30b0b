import { expect } from '@jest/globals';
import type { KnownBlock } from '@slack/types';
import type { SlackPayload } from '../../lib/channels/slack-payload.ts';
import type { Message } from '../../lib/core/message.ts';
import { slackFaults } from '../support/slack-faults.ts';

type Texts = { readonly type: string; readonly text: string }[];

const blocksOf = ({ blocks = [], attachments = [] }: SlackPayload) =>
  [...blocks, ...attachments.flatMap((one) => one.blocks)] satisfies KnownBlock[];
export const textsOf = (payload: SlackPayload): Texts =>
  blocksOf(payload).flatMap((block): Texts => {
    if (block.type === 'context') return block.elements;
    return 'fields' in block ? block.fields : [block.text];
  });
const unescaped = (text: string) => text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');

/** Throws where Slack would not take it, a reader could not read the message in it, or somebody's text is markup. */
export function checkSlackPayload(rendered: unknown, message: Message): void {
  const payload = rendered as SlackPayload;
  expect(slackFaults(payload)).toEqual([]);
  expect(payload.text).not.toMatch(/<[!@]/);
  for (const { type, text } of textsOf(payload)) if (type === 'mrkdwn') expect(text).toMatch(ours);
  const shown = [payload.text, ...textsOf(payload).map(({ text }) => text)]
    .map(unescaped)
    .flatMap((text) => text.split('\n'));
  const size = message.text.replace(/[&<>]/g, '&amp;').length;
  // Where nothing needs to be cut, the reader gets every character.
  if (size < 3800) for (const line of message.text.split('\n')) expect(shown).toContain(line);
  if (payload.blocks === undefined || size > 2000) return;
  const { icon, title, failures, lines, notes, id } = message;
  const { pair } = message.labels;
  expect(shown).toContain(`${icon} ${title}`);
  for (const { component, reason } of failures) expect(shown).toContain(`• ${pair(component, reason)}`);
  for (const line of lines) expect(shown).toContain(pair(`${line.icon} ${line.title}`, line.detail));
  for (const text of [...notes, id]) expect(shown).toContain(text);
  for (const { label, value, time } of message.facts) if (!time) expect(shown).toContain(pair(label, value));
}

/** All that ever stands where Slack reads markup, unless somebody is called: dates, one link, one heading. */
const ours = new RegExp(
  [
    /^\*(?:The component that failed|\d+ components failed|\d+ 个组件失败)\*$/,
    /^<https:\/\/console\.huaweicloud\.com\/servicestage\/\?region=[\w-]+\|(?:Open|打开) ServiceStage>$/,
    /^(?:(?: · )?(?:Seen|Created|Last run|发现时间|创建时间|上次执行) <!date\^\d+\^\{date_short_pretty\} \{time\}\|[-\d]+ [:\d]+ UTC>)+$/,
  ]
    .map(({ source }) => source)
    .join('|'),
);
