import type { Message } from '../core/message.ts';
import type { Pace } from '../core/pace.ts';
import type { Channel } from '../ports.ts';

/** The parts of the world that a channel may touch. */
export type Edges = { readonly fetch: typeof globalThis.fetch; readonly now: () => Date };

/**
 * One setting of a kind, as planwatch.yml spells it. `secret`: must be a reference, and its value never leaves the
 * channel; `address`: an https URL in clear or a reference; `text`: plain text.
 */
export type SettingSpec = {
  readonly type: 'secret' | 'secret-address' | 'address' | 'text';
  readonly required: boolean;
  readonly description: string;
};

/** A kind's own settings with every reference already turned into its value, and `allowInsecure: 'true'` where that is set. */
export type Settings = Readonly<Record<string, string | undefined>>;

/** One kind of destination: a file beside this one, and a line in `registry.ts`. */
export type ChannelKind = {
  readonly settings: Readonly<Record<string, SettingSpec>>;
  readonly pace: Pace;
  /** Can a message that was rejected be sent once more as plain text? */
  readonly hasPlain: boolean;
  /** What goes over the wire, before it is signed. Pure. */
  render(message: Message, how: { readonly plain: boolean }): unknown;
  /** Checks the values; what is wrong with them is the outcome of each send, since a mend must need no deploy. */
  create(settings: Settings, edges: Edges): Channel;
};
