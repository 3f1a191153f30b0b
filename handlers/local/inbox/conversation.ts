import { type Config, styleOf } from '../../../lib/core/config.ts';
import type { PlanEvent } from '../../../lib/core/event.ts';
import { composeLife } from '../../../lib/core/message.ts';
import { isRecord } from '../../../lib/core/plan.ts';
import { mentionsFor } from '../../../lib/core/route.ts';
import { parse } from '../../../lib/ledger/document.ts';
import type { Ledger } from '../../../lib/ledger/ledger.ts';
import type { Posted } from '../../../lib/ledger/messages.ts';
import { type Deed, rehearse, type Stage } from '../preview/rehearsal.ts';
import { type ToldPlace, toldPlace } from '../told-place.ts';
import type { StoryEvent } from './events.ts';
import type { PostView } from './view.ts';

/** A plan that went to and fro for weeks is told by its end. */
const mostTold = 100;

export type Conversation = { readonly posts: readonly PostView[]; readonly fault?: string };

/** What one destination was told of a plan, in the order in which it was, and where. */
export type Told = {
  readonly posted: Posted;
  readonly events: readonly { readonly event: PlanEvent; readonly digest: boolean; readonly place: ToldPlace }[];
};

/** undefined: the plan has no message there, and no thread. */
export async function toldAt(
  { messages, receipts }: Pick<Ledger, 'messages' | 'receipts'>,
  destination: string,
  story: readonly StoryEvent[],
  routes: Config['routes'],
): Promise<Told | undefined> {
  const [first] = story;
  const posted = first && (await messages.find(destination, first.event)).posted;
  if (!posted) return undefined;
  const deliveries = story.slice(-mostTold).flatMap(({ event, deliveries: all }) => {
    const delivery = all.find((one) => one.destination === destination);
    return delivery ? [{ event, delivery }] : [];
  });
  const settled = await Promise.all(
    deliveries.map(async ({ event, delivery }) => ({ event, delivery, receipt: await receipts.find(delivery) })),
  );
  const told = settled
    .flatMap(({ event, delivery, receipt }) =>
      receipt && receipt.outcome !== 'dead' ? [{ event, digest: delivery.events.length > 1, receipt }] : [],
    )
    .sort((a, b) => (a.receipt.at < b.receipt.at ? -1 : a.receipt.at > b.receipt.at ? 1 : 0));
  const known = told.map(({ event }) => event);
  const events = told.flatMap(({ event, digest, receipt }) => {
    const calls = mentionsFor(event, destination, routes).length > 0;
    const reference = digest ? undefined : receipt.reference;
    const place = toldPlace({ posted, event, reference, calls, known });
    return place ? [{ event, digest, place }] : [];
  });
  return { posted, events };
}

/** The message or the thread as it stands there now: what is remembered of it, and what was said below it told again. */
export async function asItStands(stage: Stage, { posted, events }: Told): Promise<Conversation | undefined> {
  const { deeds } = await rehearse(stage, events);
  const saying = (event: PlanEvent) => deeds.find((deed) => deed.event === event && deed.what !== 'edit');
  const opener = events.find(({ place }) => place.how === 'opened')?.event;
  const within = events.filter(({ place }) => place.how !== 'earlier');
  const shown = within.filter(({ place }) => place.how !== 'said').map(({ event }) => event);
  const first = opener && saying(opener);
  const payload = stage.style === 'living' ? living(stage, posted, shown) : first && payloadOf(first);
  if (payload === undefined) return undefined;
  const time = opener?.time ?? posted.life.steps[0]?.time ?? posted.at;
  const root = { payload, time, below: false, rings: true, events: shown.map(({ id }) => id) };
  // Of what is told again the first opens it, whichever is the first that is still known.
  const below = within.flatMap(({ event, place }) => {
    const deed = place.how === 'opened' ? undefined : saying(event);
    return deed && deed !== deeds[0] ? [postOf(deed)] : [];
  });
  return { posts: [root, ...below] };
}

function living(
  { kind, destination, routing }: Stage,
  { life }: Posted,
  [first, ...edits]: readonly PlanEvent[],
): unknown {
  // The post may call somebody; an edit calls nobody.
  const mention = first && edits.length === 0 ? mentionsFor(first, destination, routing.routes) : [];
  const message = composeLife(life, { id: life.shown.id, mention }, styleOf(routing, destination));
  return kind.render(message, { plain: false });
}

/** How it would be, had the plan been told so from its first event on. `anybody`: also what no route took there. */
export async function asIf(stage: Stage, story: readonly StoryEvent[], anybody: boolean): Promise<Conversation> {
  const cues = story.flatMap(({ event, deliveries }) => {
    if (anybody) return [{ event }];
    const delivery = deliveries.find((one) => one.destination === stage.destination);
    return delivery ? [{ event, digest: delivery.events.length > 1 }] : [];
  });
  const { deeds, fault } = await rehearse(stage, cues.slice(-mostTold));
  if (fault !== undefined) return { posts: [], fault };
  const posts: PostView[] = [];
  for (const deed of deeds) {
    const [root] = posts;
    if (deed.what === 'edit' && root) posts[0] = { ...root, ...editOf(deed, root) };
    else posts.push(postOf(deed, root));
  }
  return { posts };
}

const editOf = (deed: Deed, { events }: PostView) => ({
  payload: payloadOf(deed),
  events: [...events, deed.event.id],
});

function postOf(deed: Deed, root?: PostView): PostView {
  const payload = payloadOf(deed);
  const isInThread = threadOf(payload) !== undefined && threadOf(payload) === threadOf(root?.payload);
  return {
    payload,
    time: deed.event.time,
    below: deed.what === 'reply' || isInThread,
    rings: deed.rings && !isInThread,
    events: [deed.event.id],
  };
}

const payloadOf = ({ requests }: Deed): unknown => parse(requests.at(-1)?.body ?? '');

/** Google Chat finds the thread of a post by a key in it. */
function threadOf(payload: unknown): unknown {
  const { thread } = isRecord(payload) ? payload : {};
  return isRecord(thread) ? thread['threadKey'] : undefined;
}
