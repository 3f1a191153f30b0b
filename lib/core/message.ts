import type { Style } from './config.ts';
import type { Event, Failure } from './event.ts';
import type { Life } from './living.ts';
import { brokenFor } from './living.ts';
import { type Body, bodyOf, lifeBody } from './message-body.ts';
import { durationWords } from './time-words.ts';
import type { Tone } from './wording.ts';
import { type Labels, type Language, wordsOf } from './words.ts';

export type { Tone } from './wording.ts';

/** `time` (RFC 3339) where the value is one: a chat that can shows it in the reader's own zone. */
export type Fact = { readonly label: string; readonly value: string; readonly time?: string };

/** One line of a digest. */
export type Line = { readonly icon: string; readonly title: string; readonly detail: string };

/**
 * An event in words, before any destination dresses them. Every text is plain, well-formed and on one line, of any
 * length, and may hold whatever people typed into a plan's name: each channel escapes it for its own markup, and cuts it.
 */
export type Message = {
  /** The delivery's id: shown small, and the receiver's key against copies. */
  readonly id: string;
  /** The destination's name, since two of them may speak in one chat; absent: none in particular. */
  readonly to?: string;
  /** What is told, for destinations that read data instead of words. */
  readonly events: readonly Event[];
  readonly tone: Tone;
  readonly icon: string;
  readonly title: string;
  readonly facts: readonly Fact[];
  readonly failures: readonly Failure[];
  /** A digest's events, failures first; empty otherwise. */
  readonly lines: readonly Line[];
  readonly advice?: string;
  /** What a reader must know to take it right: "may be a repeat", a state not seen. */
  readonly notes: readonly string[];
  readonly link?: { readonly label: string; readonly url: string };
  readonly mention: readonly string[];
  readonly language: Language;
  /** What a channel itself writes around these parts. */
  readonly labels: Labels;
  /** All of it in plain text, the headline first: the fallback, the notification on a phone, the terminal. */
  readonly text: string;
};

export type Telling = {
  readonly id: string;
  readonly to?: string;
  readonly events: readonly Event[];
  readonly mention?: readonly string[];
  /** An earlier try may have been seen already. */
  readonly unsure?: boolean;
  /** Asked for again by hand. */
  readonly repeat?: boolean;
  /** Since when, in ms, what is told to be whole again was broken. */
  readonly brokenMs?: number | undefined;
};

/** Puts one delivery into words, as the people at its destination read. */
export function composeMessage(telling: Telling, style: Style = {}): Message {
  return dress(telling, bodyOf(telling.events, wordsOf(style.language), style), style);
}

/** The message that always shows a plan's present state, and how it came to it. It calls nobody: an edit rings no bell. */
export function composeLife(life: Life, telling: Omit<Telling, 'events'>, style: Style = {}): Message {
  const whole = { ...telling, events: [life.shown], brokenMs: brokenFor(life) };
  return dress(whole, lifeBody(life, wordsOf(style.language), style), style);
}

function dress(telling: Telling, body: Body, { language = 'en' }: Style): Message {
  const { id, to, events, mention = [], unsure = false, repeat = false, brokenMs } = telling;
  const words = wordsOf(language);
  const facts =
    brokenMs === undefined
      ? body.facts
      : [{ label: words.facts.broken, value: durationWords(brokenMs, words) }, ...body.facts];
  const notes = [...body.notes, ...(repeat ? [words.notes.repeat] : []), ...(unsure ? [words.notes.unsure] : [])];
  const message = {
    id,
    ...(to !== undefined && { to }),
    events,
    mention,
    language,
    labels: words.labels,
    ...body,
    facts,
    notes,
  };
  return { ...message, text: plainText(message) };
}

/** What and where, why, the rest: a phone shows the first two lines. */
function plainText(message: Omit<Message, 'text'>): string {
  const { pair } = message.labels;
  return [
    `${message.icon} ${message.title}`,
    ...message.failures.map(({ component, reason }) => `  ${pair(component, reason)}`),
    ...message.lines.map(({ icon, title, detail }) => `  ${icon} ${detail === '' ? title : pair(title, detail)}`),
    ...message.facts.map(({ label, value }) => `  ${pair(label, value)}`),
    ...(message.advice ? [`  ${pair(message.labels.whatToDo, message.advice)}`] : []),
    ...message.notes.map((note) => `  ${note}`),
    ...(message.link ? [`  ${pair(message.link.label, message.link.url)}`] : []),
    `  ${message.id}`,
  ].join('\n');
}
