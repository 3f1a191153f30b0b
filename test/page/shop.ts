import { inbox as inboxKind } from '../../handlers/local/inbox/kind.ts';
import { type Inbox, startInbox } from '../../handlers/local/inbox/server.ts';
import type { ChannelKind } from '../../lib/channels/channel.ts';
import { channelKinds } from '../../lib/channels/registry.ts';
import type { Config } from '../../lib/core/config.ts';
import type { Message } from '../../lib/core/message.ts';
import { plan } from '../support/build.ts';
import { createWorld } from '../support/world.ts';

const source = (name: string) =>
  ({ name, region: 'ap-southeast-3', projectId: 'p', edition: 'release-plans', auth: { token: 'env:TOKEN' } }) as const;

/** Nobody is asked: what they answer is the world's. */
const destinations = {
  releases: { kind: 'slack', url: 'env:SLACK' },
  oncall: { kind: 'webhook', url: 'https://hooks.example.com/x' },
};

export type Shop = Awaited<ReturnType<typeof openShop>>;

export type ShopOptions = {
  readonly config?: Partial<Config>;
  /** More sources beside `shop`, at which nobody looks. */
  readonly others?: readonly string[];
  readonly readOnly?: boolean;
};

/** The real flows on memory, watched by the real page; a clock, a cloud and chats that a test sets. */
export async function openShop({ config: over = {}, others = [], readOnly = false }: ShopOptions = {}) {
  const config = { sources: ['shop', ...others].map(source), destinations, ...over };
  const world = createWorld({ config });
  const { ledger, routing, now } = world.deps;
  const options = { ledger, config: { ...routing, ...config } as Config, kinds, now, readOnly };
  let page: Inbox = await startInbox({ port: 0, ...options });
  const url = page.url;

  /** Looks once, tells what is due, and lets the open pages know; then a minute passes. */
  async function look(plans?: readonly Parameters<typeof plan>[0][]): Promise<void> {
    if (plans) world.cloud.plans = plans.map(plan);
    const { ok } = await world.poll();
    await world.drain();
    page.changed([{ source: 'shop', ok }]);
    world.clock.ms += 60_000;
  }

  return {
    world,
    url,
    look,
    /** One look a status of one plan. */
    async goThrough(statuses: readonly string[], of: { id?: string; name?: string } = {}): Promise<void> {
      for (const status of statuses) await look([{ id: 'a', ...of, status }]);
    },
    /** Stops the page, as when planwatch ends. */
    close: () => page.close(),
    /** Starts it again where it was. */
    async comeBack(): Promise<void> {
      page = await startInbox({ port: Number(new URL(url).port), ...options });
    },
  };
}

/** Chats that are drawn in the two other ways; their own kinds are tested elsewhere. */
const chatOf = (render: (message: Message) => unknown): ChannelKind => ({ ...inboxKind, render });

const kinds = {
  ...channelKinds,
  inbox: inboxKind,
  teams: chatOf(({ icon, title, facts, link }) => ({
    type: 'message',
    attachments: [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        content: {
          type: 'AdaptiveCard',
          version: '1.4',
          body: [
            { type: 'TextBlock', text: `${icon} ${escaped(title)}`, weight: 'Bolder', size: 'Large', wrap: true },
            { type: 'FactSet', facts: facts.map(({ label, value }) => ({ title: label, value: escaped(value) })) },
          ],
          actions: link ? [{ type: 'Action.OpenUrl', title: link.label, url: link.url }] : [],
        },
      },
    ],
  })),
  feishu: chatOf(({ icon, title, text, link }) => ({
    msg_type: 'interactive',
    card: {
      header: { template: 'red', title: { tag: 'plain_text', content: `${icon} ${title}` } },
      elements: [
        { tag: 'div', text: { tag: 'plain_text', content: text } },
        {
          tag: 'action',
          actions: [{ tag: 'button', text: { tag: 'plain_text', content: link?.label }, url: link?.url }],
        },
      ],
    },
  })),
};

const escaped = (text: string): string => text.replace(/[\\*_[\]()<>]/g, '\\$&');
