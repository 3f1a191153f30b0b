import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Event, isPlanEvent } from '../../../lib/core/event.ts';
import { isRecord } from '../../../lib/core/plan.ts';
import { createLedger } from '../../../lib/ledger/ledger.ts';
import { areEvents } from '../../../lib/ledger/shapes.ts';
import { createFileStore } from '../../../lib/stores/file.ts';
import { UsageError } from '../usage-error.ts';
import type { Telling } from './telling-events.ts';

const howToWrite =
  'write one event as a webhook gets it and as the log has it, a list of events, or a digest ({ id, type: "digest", events })';

/** What a file holds: an event, or several that become one digest. Throws UsageError. */
export async function eventsInFile(file: string): Promise<readonly Telling[]> {
  let content: unknown;
  try {
    content = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UsageError(`${file}: ${code === undefined ? 'is not JSON' : `cannot be read (${code})`}: ${howToWrite}`);
  }
  const digest = isRecord(content) && Array.isArray(content['events']) ? content : undefined;
  const events: unknown = digest ? digest['events'] : Array.isArray(content) ? content : [content];
  const [first] = areEvents(events) ? events : [];
  if (!areEvents(events) || first === undefined) throw new UsageError(`${file}: holds no event: ${howToWrite}`);
  const several = events.length > 1 ? `${first.id}.d${events.length}` : first.id;
  const id = typeof digest?.['id'] === 'string' ? digest['id'] : several;
  return [{ name: id, id, events }];
}

const most = 20;

/** What the log in this folder has of a plan, by id or name: the last twenty events, each for itself. Throws UsageError. */
export async function eventsOfPlan(
  home: string,
  sources: readonly string[],
  plan: string,
): Promise<readonly Telling[]> {
  const { log } = createLedger(createFileStore(join(home, 'store')));
  const found: Event[] = [];
  for (const source of sources) {
    for await (const { reading } of log.entries(source)) {
      if (reading.kind !== 'found') continue;
      const about = reading.value.events.filter(isPlanEvent);
      found.push(...about.filter((event) => event.plan.id === plan || event.plan.name === plan));
    }
  }
  if (found.length === 0) {
    throw new UsageError(
      `The log in ${home} has no event of a plan "${plan}". It knows only what this machine saw: npx planwatch poll looks, and PLANWATCH_HOME names another folder.`,
    );
  }
  return found.slice(-most).map((event) => ({ name: event.id, id: event.id, events: [event] }));
}
