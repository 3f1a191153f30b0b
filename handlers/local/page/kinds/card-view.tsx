import { Clock } from '../clock.tsx';
import { shortTime } from '../time.ts';
import { cardOf } from './card.ts';
import { JsonBody } from './json-body.tsx';
import type { KindProps } from './kind-props.ts';
import { linkedParts } from './linked-text.ts';

/** Any chat's payload: its own words, colour, fields and links, in a dress that is nobody's. */
export function CardView({ rendering: { payload }, time }: KindProps) {
  const { title, colour, texts, fields, links } = cardOf(payload);
  return (
    <div class="plain-card">
      <div class="attachment" style={colour === '' ? {} : { '--bar': colour }}>
        {title !== '' && <p class="slack-header">{title}</p>}
        {texts.map((text, index) => (
          <p key={index} class="section">
            {linkedParts(text).map((part, at) => (typeof part === 'string' ? part : <Outside key={at} {...part} />))}
          </p>
        ))}
        {fields.length > 0 && (
          <dl class="fields">
            {fields.map(({ label, value }, index) => (
              <div key={index}>
                <dt>{label}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
        )}
        {links.map(({ label, href }) => (
          <p key={href}>
            <Outside label={label} href={href} />
          </p>
        ))}
        <p class="context">
          <Clock time={time} words={shortTime(time)} />
        </p>
      </div>
      <JsonBody payload={payload} />
    </div>
  );
}

const Outside = ({ label, href }: { readonly label: string; readonly href: string }) => (
  <a {...{ href, target: '_blank', rel: 'noreferrer noopener' }}>{label}</a>
);
