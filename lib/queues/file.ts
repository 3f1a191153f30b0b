import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { deduplicationId } from '../core/delivery.ts';
import { codeOf, unlessCode } from '../disk/disk-fault.ts';
import { staleAfterMs, sweep, syncFolder, writeDurably } from '../disk/durable-file.ts';
import type { DrainableQueue, Received } from '../ports.ts';
import { createFifo, createRecentIds, type QueueTimes, wholeSeconds } from './fifo.ts';
import { acquireLock } from './lock.ts';
import { queueFault } from './queue-fault.ts';

/** Whoever drains a file queue holds this lock; sending needs none. */
export const lockConsumer = (root: string) => acquireLock(join(root, 'consumer.lock'));

/**
 * A queue in a folder, for one machine. Any number of processes may send at once; one drains it, under `lockConsumer`.
 *
 * messages/<number>.<destination>.<deduplication id>.json   one message each, whole or not there at all
 *
 * What is in hand, and what is delayed, is known in memory only. After a crash it is handed out at once, which is what at
 * least once means; a destination that asked to wait is still left alone, since its lane knows until when.
 * A copy of a message that is still waiting is swallowed however old; of one that is done, if it was done here just now.
 */
export function createFileQueue(
  root: string,
  { now, visibilityMs = 180_000, dedupWindowMs = 300_000 }: QueueTimes,
): DrainableQueue {
  const [messageFolder, tempFolder] = [join(root, 'messages'), join(root, 'temp')];
  const fifo = createFifo(visibilityMs);
  const recent = createRecentIds(dedupWindowMs);
  const inTurn = createTurns();
  const time = () => now().getTime();
  let started = false;

  /** Brings `fifo` up to what is in the folder: other processes send too. */
  async function look(): Promise<void> {
    const unreadable = (error: unknown) => {
      throw queueFault(`look into the queue in ${root}`, error);
    };
    const names = await pending(messageFolder).catch(unreadable);
    const there = new Set(names.map(({ name }) => name));
    for (const { name, group } of names) fifo.add({ key: name, group });
    for (const name of fifo.all()) if (!there.has(name)) fifo.remove(name);
    if (started) return;
    // A sender still at work an hour later fails, says so, and is sent again.
    await sweep(tempFolder, time() - staleAfterMs, () => true);
    started = true;
  }

  return {
    async send(messages) {
      const wanted = messages.map((message) => ({
        group: checkedGroup(message.destination, message.id),
        id: deduplicationId(message),
        body: JSON.stringify(message),
      }));
      if (wanted.length === 0) return;
      let staged: { readonly temp: string; readonly name: string; readonly body: string }[] = [];
      try {
        await mkdir(messageFolder, { recursive: true });
        await mkdir(tempFolder, { recursive: true });
        const names = await pending(messageFolder);
        const known = new Set(names.map(({ id }) => id));
        const fresh = new Map(
          wanted.filter(({ id }) => !known.has(id) && !recent.has(id, time())).map((one) => [one.id, one]),
        );
        // Above everything that waits, so whoever sends second comes second, even when the clock was set back meanwhile.
        // Two senders may pick the same number at the same moment: the id keeps the names apart, and neither was first.
        const first = Math.max(time() * 1000, (names.at(-1)?.number ?? 0) + 1);
        staged = [...fresh.values()].map(({ group, id, body }, index) => ({
          temp: join(tempFolder, randomUUID()),
          name: `${numbered(first + index)}.${group}.${id}.json`,
          body,
        }));
        for (const { temp, body } of staged) await writeDurably(temp, body);
        // Only now, so that a full disk leaves nothing behind; and in order, so that a crash leaves the first ones.
        for (const { temp, name } of staged) await rename(temp, join(messageFolder, name));
        await syncFolder(messageFolder);
      } catch (error) {
        await Promise.allSettled(staged.map(({ temp }) => rm(temp, { force: true })));
        throw queueFault(`add messages to the queue in ${root}`, error);
      }
    },

    delay: (handle, seconds) =>
      inTurn(async () => {
        const span = wholeSeconds(seconds) * 1000;
        fifo.hide(fifo.keyInHand(handle), span, time() + span);
      }),

    receive: (most) =>
      inTurn(async () => {
        await look();
        const received: Received[] = [];
        const stuck = new Set<string>();
        let failure: unknown;
        for (const { key, handle, group } of fifo.take(most, time())) {
          if (stuck.has(group)) continue;
          try {
            received.push({ handle, body: await readFile(join(messageFolder, key), 'utf8') });
          } catch (error) {
            if (codeOf(error) === 'ENOENT') fifo.remove(key);
            else {
              // Its group waits behind it until the next try; the others go on.
              stuck.add(group);
              failure = queueFault(`read ${key} in the queue in ${root}`, error);
            }
          }
        }
        if (failure !== undefined && received.length === 0) throw failure;
        return received;
      }),

    done: (handle) =>
      inTurn(async () => {
        const key = fifo.keyOf(handle);
        if (key === undefined) return;
        try {
          await rm(join(messageFolder, key), { force: true });
        } catch (error) {
          throw queueFault(`remove ${key} from the queue in ${root}`, error);
        }
        fifo.remove(key);
        const id = parseName(key)?.id;
        if (id !== undefined) recent.add(id, time());
      }),

    waiting: () =>
      inTurn(async () => {
        await look();
        return fifo.waiting(time());
      }),
  };
}

type Name = { readonly name: string; readonly number: number; readonly group: string; readonly id: string };

function parseName(name: string): Name | undefined {
  const [, number = '', group = '', id = ''] = /^(\d{16})\.([a-z0-9-]{1,40})\.([0-9a-f]{64})\.json$/.exec(name) ?? [];
  return number === '' ? undefined : { name, number: Number(number), group, id };
}

/** Ascending. What people or their tools put there besides is not ours, and left alone. */
async function pending(folder: string): Promise<Name[]> {
  const names = (await unlessCode(['ENOENT'], readdir(folder))) ?? [];
  return names.sort().flatMap((name) => parseName(name) ?? []);
}

/** Microseconds since 1970 fill 16 digits until the year 2255. */
function numbered(number: number): string {
  if (Number.isSafeInteger(number)) return String(number).padStart(16, '0');
  throw new Error(`the last number (${number}) is out of range; is the clock right, or was a file put there by hand?`);
}

function checkedGroup(destination: string, id: string): string {
  if (/^[a-z0-9-]{1,40}$/.test(destination)) return destination;
  throw new Error(
    `Delivery ${id} is for "${destination}", which is no destination's name: 1 to 40 of a-z, 0-9 and "-".`,
  );
}

/** One at a time, in the order asked: each looks at the folder and then changes what is known about it. */
function createTurns() {
  let last: Promise<unknown> = Promise.resolve();
  return <T>(work: () => Promise<T>): Promise<T> => {
    const turn = last.then(work);
    last = turn.catch(() => undefined);
    return turn;
  };
}
