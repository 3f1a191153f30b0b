import { JsonBody } from './json-body.tsx';
import type { KindProps } from './kind-props.ts';

/** A request as a receiver of one's own gets it. */
export const WebhookView = ({ rendering: { payload, headers = {} } }: KindProps) => (
  <div class="webhook">
    <p class="request">
      <b>POST</b> <span class="quiet">the address of the destination</span>
    </p>
    <dl class="headers">
      {Object.entries(headers).map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
    <JsonBody payload={payload} open />
  </div>
);
