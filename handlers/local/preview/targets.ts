import type { ChannelKind, Settings } from '../../../lib/channels/channel.ts';
import { channelKinds } from '../../../lib/channels/registry.ts';
import { type Config, type Style, styleOf, type TellingStyle } from '../../../lib/core/config.ts';
import type { ChannelKinds } from '../../../lib/wire.ts';
import { UsageError } from '../usage-error.ts';
import { exampleOf, previewSettings } from './settings.ts';

/** Whom a message is shown for: a destination, or a kind for itself. */
export type Target = {
  readonly destination: string;
  readonly name: string;
  readonly kind: ChannelKind;
  readonly settings: Settings;
  readonly style: Style;
  /** How it tells plans. */
  readonly telling: TellingStyle;
};

export const kinds: ChannelKinds = channelKinds;

export const everyKind = (style: Style = {}, telling: TellingStyle = 'each'): Target[] =>
  Object.entries(kinds).map(([name, kind]) => {
    const settings = exampleOf(kind, telling);
    return { destination: name, name, kind, settings, style, telling };
  });

export const configured = (config: Config, asked: TellingStyle | undefined): Promise<Target[]> =>
  Promise.all(
    Object.entries(config.destinations).map(async ([destination, given]) => {
      const kind = kinds[given.kind];
      if (!kind) throw new UsageError(`${destination}: there is no kind ${given.kind}`);
      const telling = asked ?? given.style ?? 'each';
      const settings = await previewSettings(kind, { ...given, style: telling }, config.sources);
      return { destination, name: given.kind, kind, settings, style: styleOf(config, destination), telling };
    }),
  );
