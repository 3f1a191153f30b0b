import { isRecord } from '../../lib/core/plan.ts';
import { type Receiver, startReceiver } from './chat-server.ts';

export type PagerDutyBody = Readonly<Record<string, unknown>> & { readonly dedup_key: string };

export const pagerDutyKey = 'f5ecr3tk3y0fan1ntegrat10n0000001';
const prefix = '/proxy-with-a-secret-path';

/** Events API v2: 202 for an event that it understands. Who is paged for it, it does not say. */
export const startPagerDutyReceiver = (): Promise<Receiver<PagerDutyBody>> =>
  startReceiver<PagerDutyBody>({
    address: prefix,
    path: `${prefix}/v2/enqueue`,
    success: { status: 202, body: '{"status":"success","message":"Event processed","dedup_key":"as-it-came"}' },
    isSuccess: (status, body) => status === 202 && body.includes('"success"'),
    refuse({ headers, raw, body }) {
      const invalid = (fault: string) => ({ fault, status: 400, body: pagerDutyError('invalid event', [fault]) });
      if (headers['content-type'] !== 'application/json') return invalid('not sent as JSON');
      const { routing_key: key, ...event } = body;
      if (key !== pagerDutyKey) return invalid("Length of 'routing_key' is incorrect (should be 32 characters)");
      const [fault] = pagerDutyFaults(event, raw);
      return fault === undefined ? undefined : invalid(fault);
    },
  });

export const pagerDutyError = (status: string, errors: string[]): string =>
  JSON.stringify({ status, message: 'Event object is invalid', errors });

/** What PagerDuty would not take of an event, but for its key. Written from https://developer.pagerduty.com/docs/send-alert-event */
export function pagerDutyFaults(event: unknown, raw = JSON.stringify(event)): string[] {
  const { event_action: action, dedup_key: key, payload, links, client, ...strange } = isRecord(event) ? event : {};
  const faults: string[] = [];
  const fail = (condition: boolean, fault: string) => {
    if (condition) faults.push(fault);
  };
  const wantText = (name: string, text: unknown, longest: number) =>
    fail(typeof text !== 'string' || text === '' || text.length > longest, `${name} is not 1 to ${longest} characters`);
  fail(Object.keys(strange).length > 0, `strange: ${Object.keys(strange)}`);
  fail(Buffer.byteLength(raw) > 512 * 1024, 'larger than 512 kB');
  fail(/\\ud[89a-f]/i.test(raw), 'half a character');
  wantText('dedup_key', key, 255);
  fail(action !== 'trigger' && action !== 'resolve', `event_action is ${action}`);
  if (action !== 'trigger') return faults;
  const {
    summary,
    source,
    severity,
    timestamp,
    component,
    group,
    custom_details: details,
    ...more
  } = isRecord(payload) ? payload : {};
  fail(
    Object.keys(more).some((name) => name !== 'class'),
    `strange in payload: ${Object.keys(more)}`,
  );
  wantText('summary', summary, 1024);
  wantText('source', source, 1000);
  wantText('group', group, 1000);
  if (component !== undefined) wantText('component', component, 1000);
  fail(typeof more['class'] !== 'string', 'class is no text');
  fail(!['critical', 'error', 'warning', 'info'].includes(String(severity)), `severity is ${severity}`);
  fail(!/^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(String(timestamp)), 'timestamp is no time');
  fail(!isRecord(details), 'custom_details is no object');
  for (const link of (links ?? []) as Record<string, unknown>[]) {
    fail(!/^https:\/\/\S+$/.test(String(link['href'])) || typeof link['text'] !== 'string', 'a link to nowhere');
  }
  fail(typeof client !== 'string', 'no client');
  return faults;
}
