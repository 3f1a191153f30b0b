/** The sides we swap. Types only: what each promises is held by a contract suite in `test/`. */

import type { TellingStyle } from './core/config.ts';
import type { QueueMessage } from './core/delivery.ts';
import type { Failure, Place } from './core/event.ts';
import type { Message } from './core/message.ts';
import type { Gone, Outcome, Told } from './core/outcome.ts';
import type { Pace } from './core/pace.ts';
import type { ReleasePlan } from './core/plan.ts';

/** Which list a state belongs to: another one under the same name is not compared with it. */
export type Identity = { readonly endpoint: string; readonly projectId: string; readonly edition: string };

export type Listing = {
  /** sha256 hex of the body as received. */
  readonly digest: string;
  /** Absent when the digest is the one we know: then nothing was parsed. */
  readonly plans?: readonly ReleasePlan[];
};

/** Whether a plan that the list does not show is there all the same. */
export type Whereabouts = 'gone' | 'there' | 'unknown';

/** One watched list. Calls end, well or badly, within the time that `signal` leaves. */
export type PlanSource = {
  readonly place: Place;
  /** Throws SourceError where the address cannot be had (a reference that does not resolve). */
  identity(): Promise<Identity>;
  /** The complete list, or a SourceError: never a part of it. */
  list(known: string | undefined, signal: AbortSignal): Promise<Listing>;
  /** Which components of a plan failed, and why; empty where nobody says. Throws SourceError. */
  failures(planId: string, signal: AbortSignal): Promise<readonly Failure[]>;
  /** Asks for the plan itself. `unknown`: not allowed to, or no answer that says. */
  confirmRemoved(planId: string, signal: AbortSignal): Promise<Whereabouts>;
};

/**
 * Text by key, nothing else; meaning lives in `ledger/`. A key is `/`-separated segments of `[A-Za-z0-9._-]`.
 * Every method throws when it does not know what happened, and an error names the call and the key.
 */
export type ObjectStore = {
  /**
   * undefined: there is no such object. Anything else that is not the object's whole text throws; where its bytes are no
   * text, NotTextError.
   */
  get(key: string): Promise<string | undefined>;
  put(key: string, body: string): Promise<void>;
  /**
   * Creates the object if there is none, atomically among all writers. true: it now holds `body` (ours, or an equal one
   * found when an unclear answer was read back); false: another body is there.
   */
  create(key: string, body: string): Promise<boolean>;
  /** No object is no error. */
  remove(key: string): Promise<void>;
  /** Every key that starts with `prefix`, ascending, over as many pages as it takes. */
  list(prefix: string): AsyncIterable<string>;
};

/** First in, first out within a group (the destination); groups do not wait for each other. */
export type Queue = {
  /** All of one log entry's deliveries: every one is accepted, or it throws (and sending all of them again is right). */
  send(messages: readonly QueueMessage[]): Promise<void>;
  /** Hides a message in hand for `seconds` from now (0: visible at once); its group waits behind it. */
  delay(handle: string, seconds: number): Promise<void>;
};

/** A message in hand: hidden from others, and so is its group, until `done`, `delay` or the visibility time ends. */
export type Received = {
  readonly handle: string;
  readonly body: string;
  /** How often it was handed out, where the queue counts. It only spaces out what fails for reasons of our own. */
  readonly tries?: number;
};

/** A queue that we drain ourselves; on AWS the event source mapping does that. */
export type DrainableQueue = Queue & {
  /** What is due now, oldest first: at most `most`, several of a group in their order; empty when nothing is due. */
  receive(most: number): Promise<readonly Received[]>;
  done(handle: string): Promise<void>;
  /** How many are in the queue, in hand or not, and when the earliest hidden one is due (ms since 1970). */
  waiting(): Promise<{ readonly messages: number; readonly nextDueAt?: number }>;
};

export type How = {
  /** As text alone: the message was rejected in its full form. */
  readonly plain: boolean;
  readonly signal: AbortSignal;
  /** What an earlier send asked to remember. */
  readonly memory?: string;
};

/** Where and when a message of ours whose answer was lost would be. */
export type Search = {
  /** Who said it: what another destination told in the same chat is not ours. */
  readonly to: string;
  readonly signal: AbortSignal;
  /** When the earliest attempt that may have been shown was begun (RFC 3339). */
  readonly since: string;
  /** The message that it was an answer to; absent: it was a post of its own. */
  readonly under?: string;
};

/** One destination, ready to be told things. A `reference` is what an earlier Told of the same destination named. */
export type Channel = {
  /** Sends once, and does not retry. Never throws for what the far end said or did not say: that is the Outcome. */
  send(message: Message, how: How): Promise<Outcome>;
  /** Asks whether a message would get through, where the provider can be asked without posting one. As `send`, never throws. */
  probe?(signal: AbortSignal): Promise<Outcome>;
  /** Makes the message there say this instead. It rings no bell, and doing it twice is doing it once. As `send`, never throws. */
  edit?(reference: string, message: Message, how: How): Promise<Outcome | Gone>;
  /**
   * Sends a message as an answer to that one, or into its thread; `ring`: where the whole channel sees it. As `send`,
   * never throws.
   */
  reply?(reference: string, message: Message, how: How & { readonly ring: boolean }): Promise<Outcome | Gone>;
  /** Looks for a message by its id, in one call. undefined: it is not there, or nobody can say. Never throws. */
  find?(id: string, search: Search): Promise<Told | undefined>;
};

/** A configured destination as deliver sees it: how to send, how often, and whether a rejected message has a plain form. */
export type Destination = {
  readonly channel: Channel;
  readonly pace: Pace;
  readonly hasPlain: boolean;
  /** Default `each`. */
  readonly style?: TellingStyle;
};
