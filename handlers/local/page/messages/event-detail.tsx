import type { EventView, Overview, Preview } from '../../inbox/view.ts';
import { type Address, linkHere, linkTo } from '../address.ts';
import { Clock } from '../clock.tsx';
import { CopyButton } from '../copy-button.tsx';
import { GroupMark } from '../groups.tsx';
import { PlanSteps } from '../plans/plan-steps.tsx';
import { fullTime } from '../time.ts';
import { Deliveries } from './deliveries.tsx';
import { Renderings } from './renderings.tsx';
import { usePreview } from './use-preview.ts';

type Props = {
  /** An event's or a digest's. */
  readonly id: string;
  readonly event: EventView | undefined;
  readonly address: Address;
  /** The server speaks. */
  readonly live: boolean;
  /** Grows with whatever is new. */
  readonly news: number;
  readonly overview: Overview;
};

/** One event: what happened, what each chat gets of it, and what became of that. */
export function EventDetail({ id, event, address, live, news, overview }: Props) {
  const plan = event?.plan && overview.plans.find((one) => one.id === event.plan?.id && one.source === event.source);
  const [language = '', style = ''] = ['lang', 'style'].map((name) => address.query.get(name) ?? '');
  const { preview, fault } = usePreview({ id, language, style }, live, news);
  return (
    <article class="detail" aria-label={event ? nameOf(event) : id}>
      {event && <Heading event={event} address={address} showSource={overview.sources.length > 1} />}
      {!event && preview && <DigestHeading title={preview.title} events={preview.events} address={address} />}
      {fault !== undefined && (
        <p class="empty">
          {fault} <a href={linkHere(address, { event: '' })}>Show the newest</a>
        </p>
      )}
      {preview && <Renderings preview={preview} address={address} />}
      {event && <Deliveries event={event} places={placesOf(event, preview)} address={address} overview={overview} />}
      {plan && (
        <section class="story" aria-labelledby="story-heading">
          <h3 id="story-heading">
            <a href={linkTo('plans', { plan: plan.id })}>{plan.name}</a> so far
          </h3>
          <PlanSteps plan={plan} current={id} />
        </section>
      )}
      <footer class="about quiet">
        <code>{id}</code>
        <CopyButton text={`${location.origin}${linkTo('messages', { event: id })}`} label="Copy link" />
      </footer>
    </article>
  );
}

const nameOf = ({ words, plan }: EventView): string => (plan ? `${words}: ${plan.name}` : words);

/** Those of the event before stay until the next ones are there, and must not be taken for its own. */
const placesOf = ({ id }: EventView, preview: Preview | undefined) => (preview?.id === id ? preview.places : []);

type HeadingProps = { readonly event: EventView; readonly address: Address; readonly showSource: boolean };

function Heading({ event, address, showSource }: HeadingProps) {
  const { group, words, plan, time, detail, source } = event;
  return (
    <header class="heading">
      <h2>
        <GroupMark group={group} /> {words}
        {plan && (
          <>
            {' '}
            <a href={linkTo('plans', { plan: plan.id })}>{plan.name}</a>
          </>
        )}
      </h2>
      <p class="quiet">
        {plan && <span class="states">{detail}</span>}
        {plan && ' · '}
        <Clock time={time} words={fullTime(time)} />
        {showSource && ` · ${source}`}
        {plan && address.query.get('plan') !== plan.id && (
          <>
            {' · '}
            <a href={linkHere(address, { plan: plan.id, event: event.id })}>Only this plan</a>
          </>
        )}
      </p>
    </header>
  );
}

type DigestProps = { readonly title: string; readonly events: readonly string[]; readonly address: Address };

const DigestHeading = ({ title, events, address }: DigestProps) => (
  <header class="heading">
    <h2>{title}</h2>
    <p class="quiet">
      A digest of {events.length} events.{' '}
      <a href={linkHere(address, { event: events[0] ?? '' })}>Show the first of them</a>
    </p>
  </header>
);
