import type { ComponentType } from 'preact';
import { CardView } from './card-view.tsx';
import type { KindProps } from './kind-props.ts';
import { SlackView } from './slack-view.tsx';
import { TeamsView } from './teams-view.tsx';
import { WebhookView } from './webhook-view.tsx';

type Kind = {
  readonly name: string;
  readonly View?: ComponentType<KindProps>;
  /** Where it shows what is said about a message; absent: it has no such place. */
  readonly below?: string;
};

/** How a kind is called, and how its payload is drawn: where nothing better is known, as a plain card. */
const kinds: Readonly<Record<string, Kind>> = {
  inbox: { name: 'this page', View: SlackView },
  slack: { name: 'Slack', View: SlackView },
  'slack-bot': { name: 'Slack app', View: SlackView, below: 'In its thread' },
  teams: { name: 'Teams', View: TeamsView },
  webhook: { name: 'Webhook', View: WebhookView },
  dingtalk: { name: 'DingTalk' },
  discord: { name: 'Discord' },
  feishu: { name: 'Feishu' },
  googlechat: { name: 'Google Chat', below: 'In its thread' },
  mattermost: { name: 'Mattermost' },
  pagerduty: { name: 'PagerDuty' },
  smn: { name: 'SMN' },
  telegram: { name: 'Telegram', below: 'As an answer to it' },
  wecom: { name: 'WeCom' },
};

export const kindName = (kind: string): string => known(kind)?.name ?? kind;
export const belowIn = (kind: string): string => known(kind)?.below ?? 'Below it';
export const viewOf = (kind: string): ComponentType<KindProps> => known(kind)?.View ?? CardView;

const known = (kind: string): Kind | undefined => (Object.hasOwn(kinds, kind) ? kinds[kind] : undefined);
