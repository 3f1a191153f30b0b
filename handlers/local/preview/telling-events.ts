import type { Event, Failure, NoticeEvent, PlanEvent } from '../../../lib/core/event.ts';
import { planEvent } from '../../../lib/core/event.ts';

/** What planwatch has to say in a week, made up: each is one delivery with a name. */
export type TellingEvent = { readonly name: string; readonly id: string; readonly events: readonly Event[] };

const time = '2026-11-24T03:04:05.678Z';
const place = { source: 'shop-prod', region: 'ap-southeast-3', projectId: '0123456789abcdef0123456789abcdef' };
const checkout = {
  id: '4cf4d39e-c11a-41b0-82eb-30defc376d52',
  name: 'checkout-2026.48',
  action: 'upgrade',
  creator: 'wzh',
  createdAt: '2026-11-24T02:41:40.132Z',
  executedAt: '2026-11-24T02:58:12.379Z',
};

const idOf = (revision: number, index = 0) => `shop-prod-${String(revision).padStart(12, '0')}-${index}`;

function changed(revision: number, from: string, status: string, failures: readonly Failure[] = []): PlanEvent {
  return planEvent({ type: 'plan.status', plan: { ...checkout, status }, from }, idOf(revision), time, place, failures);
}

/** A Friday's releases: two did not go well. */
function digest(): PlanEvent[] {
  const names = [
    'billing',
    'cart',
    'search',
    'login',
    'stock',
    'mail',
    'reports',
    'images',
    'admin',
    'api',
    'jobs',
    'web',
  ];
  return names.map((name, index) => {
    const status = ['FAILED', 'ROLLBACK_SUCCEED'][index] ?? 'SUCCESS';
    const plan = { ...checkout, id: `plan-${name}`, name: `${name}-2026.48`, status };
    const failures = index === 0 ? [{ component: 'invoices', reason: 'readiness probe failed: HTTP 503' }] : [];
    return planEvent({ type: 'plan.status', plan, from: 'CREATED' }, idOf(48, index), time, place, failures);
  });
}

const unreachable: NoticeEvent = {
  id: idOf(49),
  type: 'source.unreachable',
  source: 'shop-prod',
  time,
  reason: 'HTTP 401 APIGW.0301: Incorrect IAM authentication information',
  advice: 'Check that the access key is active and that its secret key is the right one.',
};

const { executedAt: _, ...untried } = checkout;

const single = (name: string, event: Event): TellingEvent => ({ name, id: event.id, events: [event] });

export const tellingEvents: readonly TellingEvent[] = [
  single(
    'appeared',
    planEvent({ type: 'plan.appeared', plan: { ...untried, status: 'CREATED' } }, idOf(42), time, place),
  ),
  single(
    'failed',
    changed(43, 'CREATED', 'FAILED', [
      { component: 'cart', reason: 'image pull failed: swr.ap-southeast-3/shop/cart:2026.48 not found' },
      { component: 'payment', reason: 'readiness probe failed: <HTTP 503> & no answer on :8080' },
    ]),
  ),
  single('rolled-back', changed(44, 'FAILED', 'ROLLBACK_SUCCEED')),
  single('partly-failed', changed(45, 'CREATED', 'PARTIALLY_FAILED')),
  single('succeeded', changed(46, 'CREATED', 'SUCCESS')),
  single(
    'removed',
    planEvent({ type: 'plan.removed', plan: { ...checkout, status: 'ABORTED' } }, idOf(47), time, place),
  ),
  { name: 'digest', id: `${idOf(48)}.d12`, events: digest() },
  single('unreachable', unreachable),
];
