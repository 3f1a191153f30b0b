import { cut } from '../core/event.ts';
import type { Message } from '../core/message.ts';

/** A name longer than this must not push what happened to it out of its line. */
const mostName = 120;

/** A message as texts in the order in which they are read, not yet escaped or cut: what a renderer puts into its blocks. */
export type Outline = {
  /** Icon, what happened, which, where. */
  readonly headline: string;
  /** Above the failures: how many components failed. */
  readonly heading?: string;
  /** A line for each failure, or for each event of a digest. */
  readonly lines: readonly string[];
  /** A line for each fact. */
  readonly facts: readonly string[];
  readonly advice?: string;
  readonly notes: readonly string[];
  readonly link?: { readonly label: string; readonly url: string };
  /** Last and small. */
  readonly id: string;
};

/** `url` over 2000 characters is no link any more: no provider takes it. */
const mostUrl = 2000;

export function outlineOf(message: Message): Outline {
  const { icon, title, failures, lines, facts, advice, notes, link, id, labels } = message;
  const { pair, failed, whatToDo } = labels;
  return {
    headline: `${icon} ${title}`,
    ...(failures.length > 0 && { heading: failed(failures.length) }),
    lines: [
      ...failures.map(({ component, reason }) => `• ${pair(cut(component, mostName), reason)}`),
      ...lines.map((line) => {
        const name = `${line.icon} ${cut(line.title, mostName)}`;
        return line.detail === '' ? name : pair(name, line.detail);
      }),
    ],
    facts: facts.map(({ label, value }) => pair(label, value)),
    ...(advice !== undefined && { advice: pair(whatToDo, advice) }),
    notes,
    ...(link && link.url.length < mostUrl && { link }),
    id,
  };
}
