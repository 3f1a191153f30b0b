import type { Fact, Message, Tone } from '../core/message.ts';
import { createFit, type Fit, inJsonBytes } from './fit.ts';
import { callsAmong } from './mentions.ts';
import { outlineOf } from './outline.ts';

/**
 * A message as a Teams workflow takes it: one Adaptive Card (https://adaptivecards.io/explorer/AdaptiveCard.html) of
 * version 1.4, the newest that Teams shows on every device.
 *
 * What people typed goes only into text runs, which have no Markdown
 * (https://learn.microsoft.com/en-us/adaptive-cards/authoring-cards/text-features); a `TextBlock` has it, and calls
 * people, so that it holds our own words alone. No `FactSet`: its values are Markdown too.
 */
export type TeamsPayload = {
  type: 'message';
  attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive'; contentUrl: null; content: Card }];
};

export type Card = {
  $schema: 'http://adaptivecards.io/schemas/adaptive-card.json';
  type: 'AdaptiveCard';
  version: '1.4';
  /** Shown where no card can be, and in a notification. */
  fallbackText: string;
  msteams: { width: 'Full'; entities?: Entity[] };
  body: Element[];
  actions?: { type: 'Action.OpenUrl'; title: string; url: string }[];
};

type Entity = { type: 'mention'; text: string; mentioned: { id: string; name: string } };
type Run = { type: 'TextRun'; text: string; weight?: 'Bolder'; size?: 'Small' | 'Large'; isSubtle?: true };
type Runs = { type: 'RichTextBlock'; inlines: Run[]; spacing?: 'None' | 'Small' };
type Markdown = { type: 'TextBlock'; text: string; wrap: true; spacing?: 'None' };
type Element = Runs | Markdown | { type: 'Container'; style: Style; bleed: true; items: Runs[] };
type Style = 'good' | 'attention' | 'warning' | 'accent' | 'emphasis';

/** People alone, by the name they sign in with or their object ID in Entra; a tag or a channel needs a bot. */
export const teamsMentions = {
  user: /^(?:[\w.+-]{1,64}@[A-Za-z0-9.-]{1,63}|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})$/,
} as const;

const styles: Record<Tone, Style> = {
  good: 'good',
  bad: 'attention',
  warning: 'warning',
  info: 'accent',
  neutral: 'emphasis',
};

/**
 * Of JSON in UTF-8. Teams takes 28,672 of what it makes of a message, which is a fifth more than was sent
 * (https://github.com/MicrosoftDocs/msteams-docs/issues/11274).
 */
const most = 20_000;
const mostMentions = 20;

export function teamsPayload(message: Message): TeamsPayload {
  const fit = createFit({ measure: inJsonBytes, more: message.labels.more });
  const outline = outlineOf(message);
  const headline = inert(outline.headline);
  const { text, entities } = callsOf(message, fit);
  const head: Element[] = [
    {
      type: 'Container',
      style: styles[message.tone],
      bleed: true,
      items: [line([run(fit.cut(headline, 2000), { weight: 'Bolder', size: 'Large' })])],
    },
    ...text,
    ...(outline.heading === undefined ? [] : [line([run(outline.heading, { weight: 'Bolder' })])]),
  ];
  const tail: Element[] = [
    ...factsOf(message, fit),
    ...(outline.advice === undefined ? [] : [line([run(fit.cut(inert(outline.advice), 1000), { weight: 'Bolder' })])]),
    ...fit.all(outline.notes.map(inert), 1500).map((note) => line([run(note)], 'Small')),
    line([run(fit.cut(inert(outline.id), 300), { size: 'Small', isSubtle: true })], 'Small'),
  ];
  const { link } = outline;
  const card: Card = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    fallbackText: fit.cut(headline, 1000),
    msteams: { width: 'Full', ...(entities.length > 0 && { entities }) },
    body: [],
    ...(link && { actions: [{ type: 'Action.OpenUrl', title: link.label, url: link.url }] }),
  };
  const room = most - sizeOf([card, head, tail]) - 300;
  card.body = [...head, ...listOf(outline.lines.map(inert), room, fit), ...tail];
  return {
    type: 'message',
    attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null, content: card }],
  };
}

/** A block a line, since a run has no line break; what a block costs leaves room for so many. */
function listOf(lines: readonly string[], room: number, fit: Fit): Runs[] {
  const block = sizeOf(line([run('')], 'Small')) + 1;
  const blocks = Math.min(lines.length, Math.floor(room / (block + 120)) - 1);
  return fit.all(lines, room - (blocks + 1) * block, 3000).map((text) => line([run(text)], 'Small'));
}

function factsOf({ facts, labels }: Message, fit: Fit): Element[] {
  const values = fit.all(
    facts.map(({ value }) => inert(value)),
    3000,
    2000,
  );
  return facts.slice(0, values.length).map((fact, index): Element => {
    const label = labels.pair(fact.label, '');
    const value = values[index] ?? '';
    const local = localTime(fact);
    if (local) return { type: 'TextBlock', text: `${label}${local} (${value})`, wrap: true, spacing: 'None' };
    return line([run(label, { isSubtle: true }), run(value)], index === 0 ? undefined : 'None');
  });
}

/** Written by the reader's own client, in their zone. Only of what is a time and nothing else: the rest could be markup. */
function localTime({ time = '' }: Fact): string | undefined {
  const seconds = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.\d{1,9})?Z$/.exec(time)?.[1];
  if (seconds === undefined || Number.isNaN(Date.parse(time))) return undefined;
  return `{{DATE(${seconds}Z, SHORT)}} {{TIME(${seconds}Z)}}`;
}

/** The only place that calls people: a text calls where an entity has the same one. */
function callsOf({ mention, labels }: Message, fit: Fit): { text: Element[]; entities: Entity[] } {
  const calls = callsAmong([...new Set(mention)], teamsMentions);
  const left = calls.length - mostMentions;
  const texts: string[] = [];
  const others: string[] = [];
  const entities: Entity[] = [];
  for (const { text, call } of calls.slice(0, mostMentions)) {
    if (call === undefined || !('id' in call)) {
      others.push(fit.cut(inert(text), 150));
      continue;
    }
    const { id } = call;
    texts.push(`<at>${id}</at>`);
    entities.push({ type: 'mention', text: `<at>${id}</at>`, mentioned: { id, name: id } });
  }
  if (left > 0) others.push(labels.more(left));
  return {
    text: [
      ...(texts.length > 0 ? [{ type: 'TextBlock' as const, text: texts.join(' '), wrap: true as const }] : []),
      ...(others.length > 0 ? [line([run(others.join(' '))])] : []),
    ],
    entities,
  };
}

/**
 * A word joiner, which nobody sees, where a client would write a time in place of what somebody typed (it does so in
 * runs as well), or where the fallback text, which is Markdown in old clients, would become a link.
 */
const inert = (text: string): string => text.replace(/\{(?=\{(?:DATE|TIME)\()|\](?=\()/g, '$&\u2060');

const run = (text: string, look: Omit<Run, 'type' | 'text'> = {}): Run => ({ type: 'TextRun', text, ...look });
const line = (inlines: Run[], spacing?: Runs['spacing']): Runs => ({
  type: 'RichTextBlock',
  inlines,
  ...(spacing && { spacing }),
});

const sizeOf = (part: unknown): number => Buffer.byteLength(JSON.stringify(part));
