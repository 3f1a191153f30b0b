import { hour } from '../core/backoff.ts';
import type { NoticeEvent } from '../core/event.ts';
import { routeEvent } from '../core/route.ts';
import type { Lane } from '../ledger/lanes.ts';
import type { LaneDeps } from './lane-deps.ts';

/**
 * What happens to a destination is told by the others. No source's log has these events: each is written into the lane
 * together with what it is about, queued, and only then taken out, so that dying in between queues the same words again.
 */
export async function flushNotices(deps: LaneDeps, destination: string, lane: Lane): Promise<Lane> {
  const { notices = [], ...told } = lane.told ?? {};
  if (notices.length === 0) return lane;
  for (const notice of notices) {
    const { id, time: queuedAt } = notice;
    const to = routeEvent(notice, deps.routing);
    await deps.queue.send(to.map((name) => ({ v: 1, id, destination: name, events: [notice], queuedAt })));
    deps.onNotice?.(notice, to);
  }
  const { told: _told, ...rest } = lane;
  const after: Lane = Object.keys(told).length > 0 ? { ...rest, told } : rest;
  await deps.ledger.lanes.save(destination, after);
  return after;
}

/** The lane as it is to be written, with one more notice waiting in it. */
const withNotice = (lane: Lane, notice: NoticeEvent): Lane => ({
  ...lane,
  told: { ...lane.told, notices: [...(lane.told?.notices ?? []), notice] },
});

const idOf = (destination: string, since: string, what: 'failing' | 'recovered' | 'dead'): string =>
  `planwatch-${destination}-${Date.parse(since)}-${what}`;

export function noteFailing(lane: Lane, destination: string, at: Date, advice?: string): Lane {
  const time = at.toISOString();
  const told = withNotice(lane, {
    id: idOf(destination, lane.failingSince ?? time, 'failing'),
    type: 'destination.failing',
    destination,
    time,
    reason: lane.reason ?? 'It does not answer.',
    advice:
      advice ?? 'Look at its address and its provider; its messages wait, and arrive in order when it answers again.',
  });
  return { ...told, told: { ...told.told, failing: true } };
}

/** `waited`: how many of the messages in hand had to wait; there may be more behind them. */
export function noteRecovered(lane: Lane, destination: string, at: Date, waited: number): Lane {
  const time = at.toISOString();
  const since = lane.failingSince ?? time;
  const minutes = Math.max(1, Math.round((at.getTime() - Date.parse(since)) / 60_000));
  const { failing, ...rest } = lane.told ?? {};
  return withNotice(
    { ...lane, told: rest },
    {
      id: idOf(destination, since, 'recovered'),
      type: 'destination.recovered',
      destination,
      time,
      count: waited,
      reason: `Nothing got through for about ${minutes} min. What waited (${waited} in hand) arrives now, in order.`,
    },
  );
}

/** At most once an hour a destination, with the count; what is not told yet goes with the next one. */
export function noteGivenUp(lane: Lane, destination: string, at: Date): Lane | undefined {
  const { deadUntold: count = 0, deadAt, ...rest } = lane.told ?? {};
  if (count === 0 || at.getTime() - Date.parse(deadAt ?? '') < hour) return undefined;
  const time = at.toISOString();
  // The second one of the same outage says something else, so it needs a name of its own.
  const first = lane.failingSince !== undefined && !(deadAt !== undefined && deadAt >= lane.failingSince);
  return withNotice(
    { ...lane, told: { ...rest, deadAt: time } },
    {
      id: idOf(destination, first && lane.failingSince ? lane.failingSince : time, 'dead'),
      type: 'delivery.dead',
      destination,
      time,
      count,
      reason: lane.reason ?? 'The provider rejected it, or the configuration has no such destination any more.',
      advice: 'They are kept. When the cause is mended, send them again: planwatch backfill --dead-letters',
    },
  );
}
