import type { NoticeEvent } from '../core/event.ts';
import { composeMessage, type Message } from '../core/message.ts';
import { isTold, type Outcome } from '../core/outcome.ts';
import type { Destination } from '../ports.ts';
import { amiss, broken, type Finding, ok, type Subject } from './finding.ts';

export type DestinationCheck = {
  readonly name: string;
  /** The destination, with its secrets read, as it sends through `fetch`. */
  readonly open: (fetch: typeof globalThis.fetch) => Promise<Destination | undefined>;
};

const mostMs = 15_000;

/**
 * Everything short of posting: its secrets resolve, its settings are whole, and the far end is asked where it can be
 * asked without posting. `send`: one test message, and the provider's own verdict.
 */
export async function checkDestination(
  { name, open }: DestinationCheck,
  how: { readonly send: boolean; readonly fetch: typeof globalThis.fetch; readonly id: string; readonly at: Date },
): Promise<readonly Finding[]> {
  const settings = { area: 'destination', name, what: 'settings' } as const;
  const signal = AbortSignal.timeout(mostMs);
  try {
    const message = testMessage(name, how.id, how.at);
    const dry = await dryRun(open, message, signal);
    if (dry !== 'ready') return [verdict(settings, dry)];
    const ready = ok(settings, `whole, and every secret is there${how.send ? '' : '; nothing was posted'}`);
    const channel = (await open(how.fetch))?.channel;
    if (!channel) return [ready];
    if (how.send) {
      const subject = { ...settings, what: 'test message' };
      return [ready, verdict(subject, await channel.send(message, { plain: false, signal }))];
    }
    return channel.probe ? [ready, verdict({ ...settings, what: 'probe' }, await channel.probe(signal))] : [ready];
  } catch (error) {
    return [broken('failed', settings, error)];
  }
}

/**
 * Sends through a line that is dead: what a channel finds wrong with its own settings it says before it asks for the line,
 * and each kind's own rules are used instead of a second copy of them here.
 */
async function dryRun(
  open: DestinationCheck['open'],
  message: Message,
  signal: AbortSignal,
): Promise<'ready' | Outcome> {
  let asked = false;
  const dead = async () => {
    asked = true;
    throw new Error('nothing is sent');
  };
  const opened = await open(dead);
  if (!opened) return { kind: 'misconfigured', reason: 'there is no such kind of destination' };
  const outcome = await opened.channel.send(message, { plain: false, signal });
  return asked || isTold(outcome) ? 'ready' : outcome;
}

function verdict(subject: Subject, outcome: Outcome): Finding {
  switch (outcome.kind) {
    case 'delivered':
      return ok(subject, 'delivered, as the provider says');
    case 'accepted':
      return ok(subject, 'accepted: the provider took it in, and does not say whether anybody sees it');
    case 'misconfigured':
      return amiss('failed', subject, outcome.reason, outcome.advice);
    case 'rejected':
      return amiss('failed', subject, `rejected: ${outcome.reason}`);
    case 'retry':
      return amiss('failed', subject, outcome.reason, 'A message would be tried again: try this again, too.');
  }
}

/**
 * What every kind can show, pages nobody, and is true: it says that messages get through. No receipt and no lane is
 * written, so planwatch itself takes no notice.
 */
function testMessage(destination: string, id: string, at: Date): Message {
  const event: NoticeEvent = {
    id,
    type: 'destination.recovered',
    destination,
    time: at.toISOString(),
    reason: 'This is a test: somebody ran planwatch check --send.',
  };
  return composeMessage({ id, events: [event] });
}
