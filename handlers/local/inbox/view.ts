import type { TellingStyle } from '../../../lib/core/config.ts';
import type { Tone } from '../../../lib/core/message.ts';
import type { Pace } from '../../../lib/core/pace.ts';
import type { StatusClass } from '../../../lib/core/plan.ts';
import type { DestinationStanding, SourceStanding } from '../../../lib/flow/standing.ts';

/** What the page is told, as JSON: the one contract between the server and the browser. Times are RFC 3339 UTC. */

/** What a thing is sorted under: a plan's class, a plan that is gone, or planwatch itself. */
export type Group = StatusClass | 'removed' | 'planwatch';

/** `GET /api/overview`: everything but the events. */
export type Overview = {
  /** Everything watched is the sample cloud on this machine. */
  readonly sample: boolean;
  /** Nobody looks or tells in this process: it only shows what a store holds. */
  readonly readOnly: boolean;
  readonly sources: readonly SourceView[];
  readonly destinations: readonly DestinationView[];
  /** Latest move first; those no longer listed last. */
  readonly plans: readonly PlanView[];
  /** Listed plans that are left out, since nobody reads that many. */
  readonly morePlans: number;
  readonly deadLetters: readonly DeadLetterView[];
  readonly moreDeadLetters: boolean;
};

export type SourceView = SourceStanding & {
  readonly name: string;
  readonly region: string;
  /** The list as it is now was first seen then; absent: there was no complete look yet. */
  readonly listSince?: string;
  readonly plans: number;
};

export type DestinationView = DestinationStanding & {
  readonly name: string;
  readonly kind: string;
  readonly style: TellingStyle;
  readonly pace?: Pace;
  /** Deliveries of the events shown that are not settled. */
  readonly waiting: number;
};

export type PlanView = {
  readonly source: string;
  readonly id: string;
  readonly name: string;
  readonly action: string;
  readonly creator: string;
  readonly status: string;
  readonly group: Group;
  readonly listed: boolean;
  /** What was seen of it, oldest first; empty where that is longer ago than the page reads back. */
  readonly steps: readonly PlanStep[];
};

export type PlanStep = {
  readonly time: string;
  /** `Release failed`, or how planwatch came to know the plan. */
  readonly words: string;
  readonly status: string;
  readonly group: Group;
  /** `cart: image pull failed`, a line a component. */
  readonly reasons: readonly string[];
  /** The event that told of it; absent for what was there at the first look. */
  readonly event?: string;
};

export type DeadLetterView = {
  readonly id: string;
  readonly destination: string;
  readonly title: string;
  readonly reason: string;
  readonly answer: string;
  readonly attempts: number;
  readonly at: string;
};

/** `GET /api/events?run=…&since=…&skip=…`: what is new or different, newest first, in parts. */
export type EventsPart = {
  /** Another one than before: forget everything, and begin at `since=0`. */
  readonly run: string;
  /** Ask next time since this one; of several parts the first one's counts. */
  readonly sequence: number;
  readonly events: readonly EventView[];
  /** Ask again with `skip` grown by as many as came. */
  readonly more: boolean;
  /** Keep so many and forget the oldest. */
  readonly most: number;
  /** The log goes further back. */
  readonly older: boolean;
};

export type EventView = {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly time: string;
  readonly group: Group;
  readonly tone: Tone;
  /** What happened, without the plan's name. */
  readonly words: string;
  /** The status before and after, or the reason of a notice. */
  readonly detail: string;
  readonly reasons: readonly string[];
  readonly plan?: { readonly id: string; readonly name: string; readonly creator: string };
  readonly deliveries: readonly DeliveryView[];
};

export type DeliveryView = {
  /** The event's own, or a digest's. */
  readonly id: string;
  readonly destination: string;
  /** How many events it tells, where it is a digest. */
  readonly digest?: number;
  readonly state: DeliveryState;
};

export type DeliveryState =
  | { readonly kind: 'told'; readonly at: string; readonly attempts: number }
  /** The provider only took it in. */
  | { readonly kind: 'accepted'; readonly at: string; readonly attempts: number }
  /** `reason`, `nextAt`: its destination fails. */
  | { readonly kind: 'waiting'; readonly reason?: string; readonly nextAt?: string; readonly attempts: number }
  | { readonly kind: 'dead'; readonly at: string; readonly attempts: number; readonly reason: string };

/** `GET /api/preview?id=…&language=…&style=…`: what each kind of chat gets of one event or digest. */
export type Preview = {
  readonly id: string;
  readonly title: string;
  readonly time: string;
  readonly events: readonly string[];
  readonly languages: readonly Language[];
  /** How its plan could be told: none to choose from for a digest or a notice. */
  readonly styles: readonly TellingStyle[];
  /** Where each destination was told of it, other than by a post of its own. */
  readonly places: readonly PlaceView[];
  /** Kinds that somebody is told by come first. */
  readonly renderings: readonly Rendering[];
};

export type PlaceView = {
  readonly destination: string;
  /** `opened`: the post that is edited or answered since; `earlier`: into one that was there before the plan's message. */
  readonly how: 'opened' | 'edited' | 'said' | 'earlier';
  /** It was said as well, since an edit rings no bell. */
  readonly rang: boolean;
  /** The event that the plan's message was posted for. */
  readonly opener?: { readonly id: string; readonly time: string };
};

export type Language = { readonly id: string; readonly name: string };

export type Rendering = {
  readonly kind: string;
  /** The one that was asked for, else its destination's own. */
  readonly language: string;
  /** Which destinations get exactly this; none: no destination is of this kind. */
  readonly destinations: readonly string[];
  /** The one that was asked for, where the kind can, else its destination's own. */
  readonly style: TellingStyle;
  /** What the kind can. */
  readonly styles: readonly TellingStyle[];
  /** `living`, `thread`: what the chat shows of the plan, the first post first. */
  readonly posts?: readonly PostView[];
  /** The posts are those that are there, not those that would be. */
  readonly stands?: true;
  /** What goes over the wire; absent where nothing can be drawn, and `fault` says why. */
  readonly payload?: unknown;
  /** What goes with it, where that is worth showing; a signature is never a real one. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly fault?: string;
};

/** One message in a chat, as it is now. */
export type PostView = {
  readonly payload: unknown;
  /** Of the event that it was posted for. */
  readonly time: string;
  /** In the first one's thread, or an answer to it. */
  readonly below: boolean;
  /** The whole chat hears it. */
  readonly rings: boolean;
  /** The ids of those that it shows, in the order in which they were told. */
  readonly events: readonly string[];
};

/** The data of a `changed` event: ask again. When each source was last looked at, and last with success. */
export type Ping = {
  readonly version: number;
  readonly looked: Readonly<Record<string, string>>;
  readonly good: Readonly<Record<string, string>>;
};
