import type { ComponentType } from 'preact';
import { CardView } from './card-view.tsx';
import type { KindProps } from './kind-props.ts';
import { SlackView } from './slack-view.tsx';
import { TeamsView } from './teams-view.tsx';
import { WebhookView } from './webhook-view.tsx';

type Kind = { readonly name: string; readonly View?: ComponentType<KindProps> };

/** How a kind is called, and how its payload is drawn: where nothing better is known, as a plain card. */
const kinds: Readonly<Record<string, Kind>> = {
  inbox: { name: 'this page', View: SlackView },
  slack: { name: 'Slack', View: SlackView },
  'slack-bot': { name: 'Slack app', View: SlackView },
  teams: { name: 'Teams', View: TeamsView },
  webhook: { name: 'Webhook', View: WebhookView },
  dingtalk: { name: 'DingTalk' },
  discord: { name: 'Discord' },
  feishu: { name: 'Feishu' },
  googlechat: { name: 'Google Chat' },
  mattermost: { name: 'Mattermost' },
  pagerduty: { name: 'PagerDuty' },
  smn: { name: 'SMN' },
  telegram: { name: 'Telegram' },
  wecom: { name: 'WeCom' },
};

export const kindName = (kind: string): string => known(kind)?.name ?? kind;
export const viewOf = (kind: string): ComponentType<KindProps> => known(kind)?.View ?? CardView;

const known = (kind: string): Kind | undefined => (Object.hasOwn(kinds, kind) ? kinds[kind] : undefined);
