import type { Event, Failure, NoticeEvent, Place, PlanEvent } from '../../../lib/core/event.ts';
import { eventId, planEvent } from '../../../lib/core/event.ts';

/** One delivery, made up or from the log, with a name. */
export type Telling = { readonly name: string; readonly id: string; readonly events: readonly Event[] };

const time = '2026-11-24T03:04:05.678Z';
const shop: Place = { source: 'shop-prod', region: 'ap-southeast-3', projectId: '0123456789abcdef0123456789abcdef' };
const untried = {
  id: '4cf4d39e-c11a-41b0-82eb-30defc376d52',
  name: 'checkout-2026.48',
  action: 'upgrade',
  creator: 'wzh',
  createdAt: '2026-11-24T02:41:40.132Z',
};
const checkout = { ...untried, executedAt: '2026-11-24T02:58:12.379Z' };

const why: readonly Failure[] = [
  { component: 'cart', reason: 'image pull failed: swr.ap-southeast-3/shop/cart:2026.48 not found' },
  { component: 'payment', reason: 'readiness probe failed: <HTTP 503> & no answer on :8080' },
];

/** What planwatch has to say in a week, at a place. */
export function tellingEvents(place: Place = shop): readonly Telling[] {
  const idOf = (revision: number, index = 0) => eventId(place.source, revision, index);
  const changed = (revision: number, from: string, status: string, failures: readonly Failure[] = []): PlanEvent =>
    planEvent({ type: 'plan.status', plan: { ...checkout, status }, from }, idOf(revision), time, place, failures);
  const fresh = { type: 'plan.appeared', plan: { ...untried, status: 'CREATED' } } as const;
  const gone = { type: 'plan.removed', plan: { ...checkout, status: 'ABORTED' } } as const;
  const unreachable: NoticeEvent = {
    id: idOf(49),
    type: 'source.unreachable',
    source: place.source,
    time,
    reason: 'HTTP 401 APIGW.0301: Incorrect IAM authentication information',
    advice: 'Check that the access key is active and that its secret key is the right one.',
  };
  return [
    single('appeared', planEvent(fresh, idOf(42), time, place)),
    single('failed', changed(43, 'CREATED', 'FAILED', why)),
    single('rolled-back', changed(44, 'FAILED', 'ROLLBACK_SUCCEED')),
    single('partly-failed', changed(45, 'CREATED', 'PARTIALLY_FAILED')),
    single('succeeded', changed(46, 'CREATED', 'SUCCESS')),
    single('removed', planEvent(gone, idOf(47), time, place)),
    { name: 'digest', id: `${idOf(48)}.d12`, events: manyAtOnce(place) },
    single('unreachable', unreachable),
  ];
}

/** One plan from its first day to its second try, a few minutes apart. */
export function lifeEvents(place: Place = shop): readonly Telling[] {
  const moments = [
    ['appeared', 'CREATED'],
    ['runs', 'RELEASING'],
    ['failed', 'FAILED'],
    ['runs-again', 'RELEASING'],
    ['succeeded', 'SUCCESS'],
  ] as const;
  return moments.map(([name, status], index) => {
    const at = new Date(Date.parse(time) + index * 150_000).toISOString();
    const [id, from] = [eventId(place.source, 42 + index, 0), moments[index - 1]?.[1]];
    const plan = { ...(index === 0 ? untried : checkout), status };
    const change =
      from === undefined ? ({ type: 'plan.appeared', plan } as const) : ({ type: 'plan.status', plan, from } as const);
    return single(name, planEvent(change, id, at, place, status === 'FAILED' ? why : []));
  });
}

const single = (name: string, event: Event): Telling => ({ name, id: event.id, events: [event] });

/** A dozen releases in one look: two did not go well. */
function manyAtOnce(place: Place): PlanEvent[] {
  const names = 'billing cart search login stock mail reports images admin api jobs web'.split(' ');
  return names.map((name, index) => {
    const status = ['FAILED', 'ROLLBACK_SUCCEED'][index] ?? 'SUCCESS';
    const plan = { ...checkout, id: `plan-${name}`, name: `${name}-2026.48`, status };
    const failures = index === 0 ? [{ component: 'invoices', reason: 'readiness probe failed: HTTP 503' }] : [];
    const change = { type: 'plan.status', plan, from: 'CREATED' } as const;
    return planEvent(change, eventId(place.source, 48, index), time, place, failures);
  });
}
