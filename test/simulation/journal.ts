import type { QueueMessage } from '../../lib/core/delivery.ts';
import type { Event } from '../../lib/core/event.ts';
import type { LogEntry } from '../../lib/ledger/log.ts';
import { secrets } from './chats.ts';
import { type Served, stateOf } from './cloud.ts';
import { fold, statusesOf } from './model.ts';
import type { Run, Stage } from './stage.ts';

type Committed = {
  readonly tick: number;
  readonly at: number;
  readonly entry: LogEntry;
  /** Whose it is. */
  readonly run: Run;
};
/** A receipt that was stored: from here on the delivery is known to be told, or given up. */
type Sealed = { readonly tick: number; readonly dead: boolean };

type Look = { readonly ok: boolean; readonly revision: number; readonly contended?: true };

/** Watches what planwatch writes and returns while it happens, and judges at once what must hold after every step. */
export function createJournal(
  stage: Stage,
  objects: ReadonlyMap<string, string>,
  decided: (run: Run, entry: LogEntry) => void,
) {
  const violations: string[] = [];
  const log: Committed[] = [];
  const bodies = new Map<string, string>();
  const seals = new Map<string, Sealed>();
  const dead = new Set<string>();
  /** `destination event`: told out of its turn because somebody asked for it. */
  const asked = new Set<string>();
  /** Events that were queued at all, by id: what a backfill from the list or a notice makes is nowhere else. */
  const queued = new Map<string, Event>();
  /** `destination delivery` → its events, as they were queued. */
  const deliveries = new Map<string, readonly Event[]>();
  /** The same to the letter: two processes at once may word a notice of theirs differently. */
  const words = new Set<string>();

  const broke = (rule: string): void => {
    if (violations.length < 20) violations.push(rule);
    stage.say(`  BROKEN ${rule}`);
  };

  function written(run: Run, key: string): void {
    const body = objects.get(key);
    if (body !== undefined) noSecretIn(key, body);
    if (key.startsWith('log/')) logWritten(run, key, body);
    if (key.startsWith('log/') || key.startsWith('checkpoint/')) checkCheckpoint();
    const [, destination, id] = /^receipts\/([^/]+)\/(.+)\.json$/.exec(key) ?? [];
    if (destination !== undefined && body !== undefined) {
      const gone = JSON.parse(body).outcome === 'dead';
      seals.set(`${destination} ${id}`, { tick: stage.tick, dead: gone });
      if (gone) dead.add(`${destination} ${id}`);
    }
  }

  /** I5: entries follow each other without a hole, and none ever changes. */
  function logWritten(run: Run, key: string, body: string | undefined): void {
    const before = bodies.get(key);
    if (before !== undefined) {
      if (before !== body) broke(`I5: ${key} was changed`);
      return;
    }
    if (body === undefined) {
      broke(`I5: ${key} was removed`);
      return;
    }
    bodies.set(key, body);
    const entry = JSON.parse(body) as LogEntry;
    if (entry.revision !== log.length + 1) broke(`I5: revision ${entry.revision} came after ${log.length}`);
    log.push({ tick: stage.tick, at: stage.now, entry, run });
    decided(run, entry);
  }

  /** I5: the checkpoint holds what the log up to its revision says, and nothing that the log does not know yet. */
  function checkCheckpoint(): void {
    const body = objects.get('checkpoint/shop.json');
    if (body === undefined) return;
    const { revision, plans } = JSON.parse(body);
    if (revision > log.length) broke(`I5: the checkpoint is at ${revision}, the log at ${log.length}`);
    const told = statusesOf(fold(log.slice(0, revision).map((one) => one.entry)).values());
    const held = statusesOf(plans);
    if (told !== held) broke(`I5: the checkpoint at ${revision} holds ${held}, the log says ${told}`);
  }

  function noSecretIn(where: string, text: string): void {
    for (const [name, value] of Object.entries(secrets)) {
      const part = value.startsWith('https://') ? new URL(value).pathname : value.replace('whsec_', '');
      if (text.includes(part)) broke(`I6: ${where} holds the secret ${name}`);
    }
  }

  /** I6 for what a run hands back; gives it as text. */
  function returned(result: unknown): string {
    const text = result instanceof Error ? `${result.stack} ${JSON.stringify(result)}` : JSON.stringify(result);
    noSecretIn('a result', text);
    return result instanceof Error ? result.message : text;
  }

  /** I1: a look that says it went well has told all that its list showed. */
  function looked(run: Run, looks: readonly Look[], last: Served | undefined): void {
    const [look] = looks;
    const alone = stage.all.every((one) => one === run || one.until <= run.since || one.since > stage.tick);
    if (!alone || !look?.ok || look.contended || run.hurt > 0 || !last) return;
    if (look.revision !== log.length) broke(`I1: a look says revision ${look.revision}, the log has ${log.length}`);
    const known = fold(log.map((one) => one.entry));
    for (const [id, state] of last.states) {
      const plan = known.get(id);
      if (plan?.status !== state.split(' ')[0])
        broke(`I1: a look went well, and the log says ${id} is ${plan?.status}, not ${state}`);
    }
  }

  function sent(run: Run, messages: readonly QueueMessage[]): void {
    if (run.name.startsWith('dry run')) broke('I4: a dry run sent something');
    for (const { id, destination, events } of messages) {
      deliveries.set(`${destination} ${id}`, events);
      for (const event of events) {
        queued.set(event.id, event);
        words.add(JSON.stringify(event));
        if (run.name.startsWith('backfill')) asked.add(`${destination} ${event.id}`);
      }
    }
  }

  /** Plan id → its state by the log. */
  const known = (): ReadonlyMap<string, string> =>
    new Map([...fold(log.map((one) => one.entry))].map(([id, plan]) => [id, stateOf(plan.status, plan.executedAt)]));

  return {
    violations,
    log,
    seals,
    dead,
    asked,
    deliveries,
    queued,
    words,
    broke,
    written,
    returned,
    looked,
    sent,
    known,
  };
}
