import type { ChannelKind, Settings } from '../../../lib/channels/channel.ts';
import { readSettings } from '../../../lib/channels/settings.ts';
import type { DestinationConfig, SourceConfig } from '../../../lib/core/config.ts';
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
  const shown = Object.entries(configured).map(([name, given]) => {
    const example = kind.example[name];
    const refers = [given].flat().some((one) => typeof one === 'string' && isSecretRef(one));
    return [name, refers && example !== undefined ? example : given] as const;
  });
  return readSettings(kind.settings, Object.fromEntries(shown), async () => '***', sources);
}
