import { createHash } from 'node:crypto';
import { isRecord } from '../core/plan.ts';
import { NotTextError } from '../core/store-error.ts';
import type { ObjectStore } from '../ports.ts';

/** What a key holds. Damaged: it was there, is kept aside under `kept`, and is treated as lost. */
export type Reading<T> =
  | { readonly kind: 'found'; readonly value: T }
  | { readonly kind: 'absent' }
  | { readonly kind: 'damaged'; readonly kept: string };

/** A deploy was rolled back over state that the later version had written. Nothing is overwritten. */
export class NewerVersionError extends Error {
  override readonly name = 'NewerVersionError';

  /** For a queue message: whose it is, so that nothing overtakes it. */
  readonly destination: string | undefined;

  constructor(key: string, version: unknown, destination?: string) {
    super(
      `${key} was written by a newer planwatch (v: ${JSON.stringify(version)}); deploy that version again, or move the object away.`,
    );
    this.destination = destination;
  }
}

type IsValid = (document: Record<string, unknown>) => boolean;

/** Reads one of our own objects: JSON with `"v":1` and the shape that `isValid` knows. */
export async function readDocument<T>(store: ObjectStore, key: string, isValid: IsValid): Promise<Reading<T>> {
  return readBody(store, key, await getBody(store, key), isValid);
}

/** What is stored; bytes that are no text as base64, which no document is, so that they are kept aside like other damage. */
export async function getBody(store: ObjectStore, key: string): Promise<string | undefined> {
  try {
    return await store.get(key);
  } catch (error) {
    if (error instanceof NotTextError) return error.base64;
    throw error;
  }
}

/** As readDocument, for a body that was fetched already with `getBody`; undefined: there was none. */
export async function readBody<T>(
  store: ObjectStore,
  key: string,
  body: string | undefined,
  isValid: IsValid,
): Promise<Reading<T>> {
  if (body === undefined) return { kind: 'absent' };
  const document = parse(body);
  if (isRecord(document)) {
    const version = document['v'];
    if (typeof version === 'number' && version > 1) throw new NewerVersionError(key, version);
    // The guard beside each type has looked at every field that we read.
    if (version === 1 && isValid(document)) return { kind: 'found', value: document as T };
  }
  return { kind: 'damaged', kept: await quarantine(store, key, body) };
}

export const writeDocument = (store: ObjectStore, key: string, document: { readonly v: 1 }): Promise<void> =>
  store.put(key, JSON.stringify(document));

/** Keeps what cannot be read where a person can look at it; the same body twice is one copy. */
export async function quarantine(store: ObjectStore, key: string, body: string): Promise<string> {
  const kept = `quarantine/${key}/${createHash('sha256').update(body).digest('hex')}`;
  await store.create(kept, body);
  return kept;
}

/** undefined: it is not JSON. */
export function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

export const isText = (value: unknown): value is string => typeof value === 'string';
export const isOptionalText = (value: unknown): boolean => value === undefined || isText(value);
export const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
