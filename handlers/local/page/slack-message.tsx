import type { SlackPayload } from '../../../lib/channels/slack-payload.ts';
import { Clock } from './clock.tsx';
import type { Props } from './json-message.tsx';
import { decoded, Mrkdwn } from './mrkdwn.tsx';
import { shortTime } from './time.ts';

type Block = NonNullable<SlackPayload['blocks']>[number];
type Text = Extract<Block, { type: 'context' }>['elements'][number];

/** The payload that goes to Slack, as its client draws it: blocks first, attachments with their bar below. */
export function SlackMessage({ message: { payload, time } }: Props) {
  const { text, blocks = [], attachments = [] } = payload as SlackPayload;
  return (
    <div class="slack">
      <img src="/icon.svg" alt="" width="36" height="36" />
      <div>
        <p class="sender">
          <b>planwatch</b> <span class="badge">APP</span> <Clock time={time} words={shortTime(time)} />
        </p>
        {blocks.length === 0 && <p class="section">{decoded(text)}</p>}
        {blocks.map(drawBlock)}
        {attachments.map((attachment, index) => (
          <div key={index} class="attachment" style={{ '--bar': attachment.color }}>
            {attachment.blocks.map(drawBlock)}
          </div>
        ))}
      </div>
    </div>
  );
}

function drawBlock(block: Block, index: number) {
  switch (block.type) {
    case 'header':
      return <h3 key={index}>{drawText(block.text)}</h3>;
    case 'section': {
      if ('text' in block) return <p class="section">{drawText(block.text)}</p>;
      return (
        <ul class="fields">
          {block.fields.map((field, at) => (
            <li key={at}>{drawText(field)}</li>
          ))}
        </ul>
      );
    }
    case 'context':
      return (
        <p class="context">
          {block.elements.map((one, at) => (
            <span key={at}>{drawText(one)}</span>
          ))}
        </p>
      );
  }
}

const drawText = ({ type, text }: Text) => (type === 'mrkdwn' ? <Mrkdwn text={text} /> : decoded(text));
