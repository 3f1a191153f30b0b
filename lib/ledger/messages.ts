import { createHash } from 'node:crypto';
import type { PlanEvent } from '../core/event.ts';
import type { Life } from '../core/living.ts';
import { isRecord } from '../core/plan.ts';
import type { ObjectStore } from '../ports.ts';
import { isCount, isOptionalText, isText, readDocument, writeDocument } from './document.ts';
import { areEvents } from './shapes.ts';

/** Where a plan is told about at one destination: the message that is edited, or that opened the thread. */
export type Posted = {
  readonly v: 1;
  /** The provider's own name for the message. */
  readonly reference: string;
  /** sha256 of the event that the message was posted for, as in a receipt. */
  readonly opened: string;
  /** The newest event that it, or its thread, shows. */
  readonly last: string;
  readonly at: string;
  readonly life: Life;
  /** The event that it shows, and that was still to be said as well when this was written. */
  readonly unsaid?: string;
};

/** `damaged`: there was one that cannot be read, and what takes its place has to overwrite it. */
export type Found = { readonly posted?: Posted; readonly damaged: boolean };

export function createMessages(store: ObjectStore) {
  const keyOf = (destination: string, { source, plan }: Pick<PlanEvent, 'source' | 'plan'>) =>
    `messages/${destination}/${source}/${segmentOf(plan.id)}.json`;
  return {
    async find(destination: string, event: PlanEvent): Promise<Found> {
      const isItsOwn = (document: Record<string, unknown>) => isPosted(document) && isAbout(document as Posted, event);
      const reading = await readDocument<Posted>(store, keyOf(destination, event), isItsOwn);
      return { damaged: reading.kind === 'damaged', ...(reading.kind === 'found' && { posted: reading.value }) };
    },
    /** The first of a plan. false: somebody else has posted one in the meantime. */
    open: (destination: string, event: PlanEvent, posted: Posted): Promise<boolean> =>
      store.create(keyOf(destination, event), JSON.stringify(posted)),
    save: (destination: string, event: PlanEvent, posted: Posted): Promise<void> =>
      writeDocument(store, keyOf(destination, event), posted),
  };
}

/**
 * The cloud's ids are UUIDs, but nothing holds it to that, and a key takes only some characters. Some disks take capitals
 * for small letters, and then two plans would share one file.
 */
const segmentOf = (id: string): string =>
  /^[a-z0-9_-][a-z0-9._-]{0,100}$/.test(id) ? id : `sha256-${createHash('sha256').update(id).digest('hex')}`;

/** One that was copied from another plan's would have that plan's message edited. */
const isAbout = ({ life: { shown } }: Posted, { source, plan }: Pick<PlanEvent, 'source' | 'plan'>): boolean =>
  shown.source === source && shown.plan.id === plan.id;

const isPosted = ({ reference, opened, last, at, life, unsaid }: Record<string, unknown>): boolean =>
  [reference, opened, last, at].every(isText) && isOptionalText(unsaid) && isLife(life);

const isLife = (life: unknown): boolean =>
  isRecord(life) &&
  areEvents([life['shown']]) &&
  isRecord(life['shown']) &&
  isRecord(life['shown']['plan']) &&
  isCount(life['earlier']) &&
  Array.isArray(life['steps']) &&
  life['steps'].every(isStep) &&
  (life['broken'] === undefined ||
    (isRecord(life['broken']) && isText(life['broken']['since']) && isOptionalText(life['broken']['until'])));

const isStep = (step: unknown): boolean =>
  isRecord(step) &&
  [step['id'], step['type'], step['time'], step['status']].every(isText) &&
  isOptionalText(step['from']);
