import { type Event, isPlanEvent, type NoticeEvent } from '../../lib/core/event.ts';
import { composeMessage, type Tone } from '../../lib/core/message.ts';
import { transition } from '../../lib/core/wording.ts';
import { wordsOf } from '../../lib/core/words.ts';
import type { DeliveryResult } from '../../lib/flow/delivery-result.ts';
import type { Look } from '../../lib/flow/known.ts';
import { colours as pc } from './colours.ts';

/** What a run says to the person in front of it: readable lines, or with `--json` one object a line. */
export type Terminal = ReturnType<typeof createTerminal>;

const colours: Record<Tone, (text: string) => string> = {
  good: pc.green,
  bad: pc.red,
  warning: pc.yellow,
  info: pc.cyan,
  neutral: pc.white,
};

export function createTerminal(json: boolean, write: (line: string) => void = console.log) {
  const failing = new Map<string, string>();
  let unheard: string | undefined;
  return {
    say: (text: string): void => {
      if (!json) write(text);
    },
    json: (value: unknown): void => {
      if (json) write(JSON.stringify(value));
    },
    look({ events, adopted, ...look }: Look): void {
      if (json) {
        write(JSON.stringify({ ...look, events: [...adopted, ...events] }));
        return;
      }
      for (const event of [...adopted, ...events]) write(eventLine(event));
      // One line when it begins, one when it ends; not one every look.
      const was = failing.get(look.source);
      if (look.error !== undefined && look.error !== was) write(pc.red(`${clock()}  ${look.source}: ${look.error}`));
      if (look.error === undefined && was !== undefined)
        write(pc.green(`${clock()}  ${look.source}: it can be read again`));
      if (look.error === undefined) failing.delete(look.source);
      else failing.set(look.source, look.error);
    },
    notice(notice: NoticeEvent, to: readonly string[]): void {
      const untold = to.length === 0 ? ' Nobody else can be told: no other destination is for notices.' : '';
      if (json) write(JSON.stringify({ ...notice, to }));
      else if (to.length === 0)
        write(`${eventLine(notice)}${pc.red(`${notice.advice ? `  ${notice.advice}` : ''}${untold}`)}`);
    },
    heartbeat(failure: string | undefined): void {
      // One line when it begins, not one a minute.
      if (failure !== undefined && failure !== unheard) {
        if (json) write(JSON.stringify({ heartbeat: failure }));
        else write(printable(pc.yellow(`${clock()}  heartbeat: ${failure}`)));
      }
      unheard = failure;
    },
    /** What went wrong with the state folder, and does not end the run. */
    fault({ message }: Error): void {
      write(json ? JSON.stringify({ fault: message }) : printable(pc.red(`          ✗ ${message}`)));
    },
    delivery({ handle: _handle, message: _message, ...result }: DeliveryResult): void {
      const line = json ? JSON.stringify(result) : deliveryLine(result);
      if (line !== undefined) write(line);
    },
  };
}

/** For a command whose whole answer is one JSON object. */
export const silent: Terminal = createTerminal(false, () => undefined);

/** `03:04:05  ❌ Release failed: checkout · shop   CREATED → … → FAILED   cart: image pull failed` */
function eventLine(event: Event): string {
  const { icon, title, tone, failures } = composeMessage({ id: event.id, events: [event] });
  const status = isPlanEvent(event) ? transition(event, wordsOf()) : event.reason;
  const why = failures.map(({ component, reason }) => `${component}: ${reason}`).join('; ');
  return printable(
    [clock(event.time), `${icon} ${colours[tone](title)}`, pc.dim(status ?? ''), why].filter(Boolean).join('  '),
  );
}

function deliveryLine({
  destination,
  id,
  outcome,
  reason,
  attempts,
}: Omit<DeliveryResult, 'handle' | 'message'>): string | undefined {
  const to = destination ?? 'the queue';
  const why = reason === undefined ? '' : `: ${reason}`;
  switch (outcome) {
    case 'delivered':
      return pc.dim(`          ✓ told ${to}${attempts !== undefined && attempts > 1 ? ` at try ${attempts}` : ''}`);
    case 'accepted':
      return pc.dim(`          ✓ taken in by ${to}`);
    case 'settled':
      return undefined;
    case 'waiting':
      return printable(pc.yellow(`          … ${to} must wait for ${id}${why}`));
    case 'dead':
    case 'parked':
    case 'failed':
      return printable(pc.red(`          ✗ ${outcome} ${to} ${id ?? ''}${why}`));
  }
}

/** People's and vendors' words: whatever could move the cursor or colour the rest is shown as a dot. */
export const printable = (line: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what it is about; ESC [ … m is our own colour
  line.replace(/(?!\u001b\[\d{1,2}m)[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '·');

/** The same before anything is coloured: then no escape is ours. */
export const inert = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what it is about
  text.replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '·');

const clock = (time = new Date().toISOString()): string => new Date(time).toTimeString().slice(0, 8);
