import type { TellingStyle } from '../core/config.ts';
import type { Message } from '../core/message.ts';
import type { Pace } from '../core/pace.ts';
import type { Channel } from '../ports.ts';
import type { Mentions } from './mentions.ts';
import type { SettingSpecs, Settings, SettingsOf } from './settings.ts';

export type { SettingSpec, SettingSpecs, Settings } from './settings.ts';

/** The parts of the world that a channel may touch. */
export type Edges = { readonly fetch: typeof globalThis.fetch; readonly now: () => Date };

/** One kind of destination: a file beside this one, and a line in `registry.ts`. */
export type ChannelKind = Kind<SettingSpecs, Settings>;

/** The same with its own settings' types, for a kind's own file: `ChannelKindOf<typeof settings>`. */
export type ChannelKindOf<Specs extends SettingSpecs> = Kind<Specs, SettingsOf<Specs>>;

type Kind<Specs, Values> = {
  readonly settings: Specs;
  /** Whom it can call; a route that calls others is refused when the configuration is read. */
  readonly mentions: Mentions;
  readonly pace: Pace;
  /** Can a message that was rejected be sent once more as plain text? */
  readonly hasPlain: boolean;
  /** Besides a post for each change, which every kind has. Its channels have `edit` for `living`. Default none. */
  readonly styles?: readonly Exclude<TellingStyle, 'each'>[];
  /** Values that are well-formed and nobody's, for `planwatch preview` and the golden messages. */
  readonly example: Values;
  /** What goes over the wire, before it is signed. Pure. */
  render(message: Message, how: { readonly plain: boolean }): unknown;
  /** Checks the values; what is wrong with them is the outcome of each send, since a mend must need no deploy. */
  create(settings: Values, edges: Edges): Channel;
};
