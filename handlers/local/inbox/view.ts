import type { Failure } from '../../../lib/core/event.ts';
import type { Tone } from '../../../lib/core/message.ts';
import type { StatusClass } from '../../../lib/core/plan.ts';

/** What the page is told, as JSON: the one contract between the server and the browser. Times are RFC 3339 UTC. */

export type Snapshot = {
  /** Everything watched is the sample cloud on this machine. */
  readonly sample: boolean;
  readonly sources: readonly SourceView[];
  readonly destinations: readonly DestinationView[];
  /** Latest move first; those no longer listed last. */
  readonly plans: readonly PlanView[];
  /** Listed plans that are left out, since nobody reads that many. */
  readonly morePlans: number;
  /** Newest first. */
  readonly messages: readonly MessageView[];
  readonly olderMessages: boolean;
};

export type SourceView = {
  readonly name: string;
  readonly region: string;
  /** The list as it is now was first seen then; absent: there was no complete look yet. */
  readonly listSince?: string;
  readonly plans: number;
  /** Since when, and why, it cannot be read; absent: all is well. */
  readonly failing?: { readonly looks: number; readonly since?: string; readonly reason?: string };
};

export type DestinationView = {
  readonly name: string;
  readonly kind: string;
  readonly failing?: { readonly since: string; readonly reason?: string; readonly nextAt?: string };
};

export type PlanView = {
  readonly source: string;
  readonly id: string;
  readonly name: string;
  readonly action: string;
  readonly creator: string;
  readonly status: string;
  readonly listed: boolean;
  /** What was seen of it, oldest first; empty where that is longer ago than the page reads back. */
  readonly steps: readonly PlanStep[];
};

export type PlanStep = {
  readonly time: string;
  /** `Release failed`, or how planwatch came to know the plan. */
  readonly words: string;
  readonly icon: string;
  readonly status: string;
  readonly class: StatusClass | 'removed';
  readonly failures: readonly Failure[];
};

export type MessageView = {
  /** The delivery's; two destinations can have the same. */
  readonly id: string;
  readonly destination: string;
  /** Absent: the destination is not in the configuration any more. */
  readonly kind?: string;
  readonly time: string;
  readonly tone: Tone;
  readonly icon: string;
  readonly title: string;
  readonly events: readonly EventView[];
  /** What goes over the wire; absent where nothing can be drawn, and `fault` says why. */
  readonly payload?: unknown;
  readonly fault?: string;
  readonly state: MessageState;
};

export type EventView = { readonly id: string; readonly type: string; readonly plan?: string };

export type MessageState =
  | { readonly kind: 'told'; readonly at: string; readonly attempts: number }
  /** The provider only took it in. */
  | { readonly kind: 'accepted'; readonly at: string; readonly attempts: number }
  /** `reason`, `nextAt`: its destination fails. */
  | { readonly kind: 'waiting'; readonly reason?: string; readonly nextAt?: string; readonly attempts: number }
  | { readonly kind: 'dead'; readonly at: string; readonly attempts: number; readonly reason: string };

/** The data of a `changed` event: ask for the snapshot again. `looked`: when each source was last looked at. */
export type Ping = { readonly version: number; readonly looked: Readonly<Record<string, string>> };
