import type { Event, NoticeEvent } from '../../lib/core/event.ts';
import type { FailureCause } from '../../lib/core/failure-cause.ts';
import type { StatusClass } from '../../lib/core/plan.ts';
import type { BackfillResult, DeliveryResult, Look } from '../../lib/wire.ts';
import type { Measure, Measured } from './metrics.ts';

/** Every line that planwatch writes on AWS, as docs/logs-and-metrics.md describes them; the log adds time and request. */
export type Line =
  | {
      readonly message: 'look';
      readonly source: string;
      readonly ok: boolean;
      readonly revision: number;
      readonly plans: number;
      readonly events: number;
      /** Decided by an earlier or a parallel look, passed on by this one. */
      readonly adopted?: number;
      readonly contended?: true;
      readonly reason?: string;
      readonly cause?: FailureCause;
      readonly ms?: number;
    }
  | {
      readonly message: 'event';
      readonly source: string;
      readonly revision: number;
      readonly id: string;
      readonly type: Event['type'];
      /** The plan's id, name, and how it stands. */
      readonly plan?: string;
      readonly name?: string;
      readonly status?: string;
      readonly from?: string;
      readonly class?: StatusClass;
      readonly reason?: string;
      readonly count?: number;
    }
  | ({ readonly message: 'delivery' } & Omit<DeliveryResult, 'handle' | 'message'>)
  | ({ readonly message: 'notice'; readonly to: readonly string[] } & Omit<NoticeEvent, 'time'>)
  | ({ readonly message: 'backfill' } & Omit<BackfillResult, 'deliveries'>)
  | { readonly message: 'heartbeat'; readonly reason: string }
  | { readonly message: 'fault'; readonly reason: string };

export type Entry = {
  readonly level: 'info' | 'warn' | 'error';
  readonly line: Line;
  readonly measured?: Measured;
};

// A function a line, so that a bundle holds only its own.

/** One look at one source, with what it measures. */
export function lookLine({ adopted, error, cause, ...look }: Look): Entry {
  const { source, ok, revision, plans, events, contended, ms } = look;
  const line: Line = {
    message: 'look',
    source,
    ok,
    revision,
    plans,
    events: events.length,
    ...(adopted.length > 0 && { adopted: adopted.length }),
    ...(contended && { contended }),
    ...(error !== undefined && { reason: error }),
    ...(cause && { cause }),
    ...(ms !== undefined && { ms }),
  };
  const measures: Measure[] = ok
    ? [one('LooksOk', ['Source']), { name: 'Plans', value: plans, by: [['Source']], detailedOnly: true }]
    : [one('LooksFailed', ['Source'], ['Source', 'Reason'])];
  const dimensions = { Source: source, Reason: cause ?? 'other' };
  return { level: ok ? 'info' : 'error', line, measured: { measures, dimensions } };
}

/** What a look decided; adopted events were written by the look that decided them, if it lived. */
export const eventLines = ({ source, revision, events }: Look): Entry[] =>
  events.map((event) => {
    const { id, type } = event;
    const base = { message: 'event', source, revision, id, type } as const;
    if (!('plan' in event)) {
      const { reason, count } = event;
      const line = { ...base, ...(reason !== undefined && { reason }), ...(count !== undefined && { count }) };
      return { level: 'info', line, measured: { measures: [one('Events')] } };
    }
    const { id: plan, name, status, class: sort } = event.plan;
    const line = { ...base, plan, name, status, ...(event.from !== undefined && { from: event.from }), class: sort };
    const measures = [one('Events', ['Class']), ...(sort === 'bad' ? [one('EventsBad')] : [])];
    return { level: 'info', line, measured: { measures, dimensions: { Class: sort } } };
  });

/** One message in hand, with what it measures. */
export function deliveryLine({ handle: _handle, message: _message, ...result }: DeliveryResult): Entry {
  const { destination, outcome, cause, failing, seconds } = result;
  const told = outcome === 'delivered' || outcome === 'accepted';
  const lost = outcome === 'dead' || outcome === 'parked' || outcome === 'failed';
  const measures: Measure[] = [
    ...(told ? [one('Delivered', ['Destination', 'Outcome'])] : []),
    ...(seconds === undefined ? [] : [{ name: 'DeliveryDelay', value: seconds, unit: 'Seconds' } as const]),
    ...(cause ? [one('DeliveriesFailed', ['Destination', 'Outcome'], ['Destination', 'Reason'])] : []),
    ...(failing ? [one('DestinationsFailing')] : []),
    ...(outcome === 'dead' ? [one('DeadLetters', ['Destination', 'Outcome'])] : []),
    ...(outcome === 'parked' ? [one('Parked')] : []),
  ];
  return {
    level: lost ? 'error' : cause ? 'warn' : 'info',
    line: { message: 'delivery', ...result },
    measured: {
      measures,
      dimensions: { Destination: destination ?? '', Outcome: outcome, ...(cause && { Reason: cause }) },
    },
  };
}

export const noticeLine = ({ time: _time, ...notice }: NoticeEvent, to: readonly string[]): Entry => ({
  level: notice.type === 'destination.recovered' ? 'info' : 'error',
  line: { message: 'notice', ...notice, to },
});

const one = (name: Measure['name'], ...by: NonNullable<Measure['by']>): Measure => ({ name, value: 1, by });
