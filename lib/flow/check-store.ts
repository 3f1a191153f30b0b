import type { ObjectStore } from '../ports.ts';
import { amiss, broken, type Finding, ok, type Subject } from './finding.ts';

export type StoreCheck = {
  /** A folder, a bucket: as a person would call it. */
  readonly name: string;
  readonly store: ObjectStore;
};

/**
 * Does on a scratch key what everything rests on: of two writers at once exactly one creates. A server that only looks
 * like S3 may ignore `If-None-Match`, and two polls would then both believe that they had decided.
 */
export async function checkStore({ name, store }: StoreCheck, key: string): Promise<readonly Finding[]> {
  const creates = { area: 'store', name, what: 'create-if-absent' } as const;
  const reads = { area: 'store', name, what: 'read and list' } as const;
  const removes = { area: 'store', name, what: 'remove' } as const;
  const findings: Finding[] = [];
  try {
    findings.push(await race(store, key, creates));
    if (findings[0]?.state === 'ok') findings.push(await readBack(store, key, reads));
  } catch (error) {
    findings.push(broken('failed', findings.length === 0 ? creates : reads, error));
  }
  try {
    await store.remove(key);
    findings.push(
      (await store.get(key)) === undefined
        ? ok(removes, `${key} is gone again`)
        : amiss('failed', removes, `${key} was removed, and is still there`),
    );
  } catch (error) {
    // Where nothing works, the first word says it all.
    if (findings[0]?.state === 'ok') findings.push(broken('failed', removes, error));
  }
  return findings;
}

async function race(store: ObjectStore, key: string, subject: Subject): Promise<Finding> {
  const bodies = ['one', 'two'].map((writer) => JSON.stringify({ v: 1, writer }));
  const created = await Promise.all(bodies.map((body) => store.create(key, body)));
  const winners = bodies.filter((_, index) => created[index]);
  const late = await store.create(key, JSON.stringify({ v: 1, writer: 'late' }));
  if (winners.length === 1 && !late) {
    if ((await store.get(key)) === winners[0]) return ok(subject, 'of two writers at once exactly one wins, and stays');
    return amiss('failed', subject, 'one of two writers won, but the object is not what it wrote', otherStore);
  }
  return amiss(
    'failed',
    subject,
    `it is not atomic: ${winners.length + Number(late)} of three writers won`,
    otherStore,
  );
}

const otherStore =
  'Use another store, or another version of its server: without this, two polls at once tell of the same change differently.';

async function readBack(store: ObjectStore, key: string, subject: Subject): Promise<Finding> {
  const keys: string[] = [];
  for await (const one of store.list('check/')) keys.push(one);
  if (keys.includes(key)) return ok(subject, 'what is written can be read and listed');
  return amiss('failed', subject, `${key} is there, but is not in the list of check/`);
}
