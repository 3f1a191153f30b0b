import type { SlackPayload } from '../../../../lib/channels/slack-payload.ts';
import { Clock } from '../clock.tsx';
import { shortTime } from '../time.ts';
import type { KindProps } from './kind-props.ts';
import { decoded, Mrkdwn } from './mrkdwn.tsx';

type Block = NonNullable<SlackPayload['blocks']>[number];
type Text = Extract<Block, { type: 'context' }>['elements'][number];

/** The payload that goes to Slack, as its client draws it: blocks first, attachments with their bar below. */
export function SlackView({ rendering: { payload }, time }: KindProps) {
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
      return (
        <p key={index} class="slack-header">
          {drawText(block.text)}
        </p>
      );
    case 'section': {
      if ('text' in block) {
        return (
          <p key={index} class="section">
            {drawText(block.text)}
          </p>
        );
      }
      return (
        <ul key={index} class="fields">
          {block.fields.map((field, at) => (
            <li key={at}>{drawText(field)}</li>
          ))}
        </ul>
      );
    }
    case 'context':
      return (
        <p key={index} class="context">
          {block.elements.map((one, at) => (
            <span key={at}>{drawText(one)}</span>
          ))}
        </p>
      );
  }
}

const drawText = ({ type, text }: Text) => (type === 'mrkdwn' ? <Mrkdwn text={text} /> : decoded(text));
