import type { ChannelKind, Settings } from '../../../lib/channels/channel.ts';
import { readSettings } from '../../../lib/channels/settings.ts';
import type { DestinationConfig, SourceConfig, TellingStyle } from '../../../lib/core/config.ts';
import { isSecretRef } from '../../../lib/core/reference.ts';

/**
 * What a destination is configured with, without reading a secret: the kind's example stands in for what is referred to,
 * and `***` where there is none.
 */
export function previewSettings(
  kind: ChannelKind,
  configured: DestinationConfig,
  sources: readonly SourceConfig[],
): Promise<Settings> {
  const example = exampleOf(kind, configured.style);
  const shown = Object.entries(configured).map(([name, given]) => {
    const refers = [given].flat().some((one) => typeof one === 'string' && isSecretRef(one));
    return [name, refers && example[name] !== undefined ? example[name] : given] as const;
  });
  return readSettings(kind.settings, Object.fromEntries(shown), async () => '***', sources);
}

/** A kind's example, as it is where plans are told in that style. */
export function exampleOf({ example }: ChannelKind, style: TellingStyle = 'each'): Settings {
  if (style === 'each') return example;
  const { url } = example;
  // A webhook of Discord's opens no threads: one is named in its address.
  const named = style === 'thread' ? discordAddress(url) : undefined;
  if (!named) return { ...example, style };
  named.searchParams.set('thread_id', '100000000000000001');
  return { ...example, url: named.href, style };
}

function discordAddress(url: unknown): URL | undefined {
  const address = typeof url === 'string' ? URL.parse(url) : null;
  return address?.host === 'discord.com' ? address : undefined;
}
