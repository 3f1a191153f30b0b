import { planEvent } from '../../lib/core/event.ts';
import { composeMessage } from '../../lib/core/message.ts';

export const seedPlan = {
  id: '4cf4d39e-c11a-41b0-82eb-30defc376d52',
  name: 'release-1zws2j',
  action: 'create',
  status: 'SUCCESS',
  creator: 'wzh',
  createdAt: '2024-04-01T06:27:40.132Z',
  executedAt: '2024-04-01T06:27:40.379Z',
};
export const place = { source: 'shop-prod', region: 'ap-southeast-3', projectId: '0123456789abcdef0123456789abcdef' };
export const seen = '2026-11-24T03:04:05.678Z';
export const failedEvent = planEvent(
  { type: 'plan.status', plan: { ...seedPlan, status: 'FAILED' }, from: 'CREATED' },
  'shop-prod-000000000042-0',
  seen,
  place,
  [{ component: 'cart', reason: 'image pull failed' }],
);
export const failed = composeMessage({ id: failedEvent.id, events: [failedEvent] });

const recoveredEvent = planEvent(
  { type: 'plan.status', plan: { ...seedPlan, status: 'SUCCESS' }, from: 'FAILED' },
  'shop-prod-000000000043-0',
  seen,
  place,
);
/** What an edit makes of `failed`; whom it calls, an edit must not. */
export const recovered = composeMessage({ id: recoveredEvent.id, events: [recoveredEvent], mention: ['here', 'all'] });

export const edges = { fetch, now: () => new Date(seen) };
export const soon = () => AbortSignal.timeout(5000);
