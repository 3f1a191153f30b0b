import type { DeadLetterView, DestinationView } from '../../inbox/view.ts';
import { linkTo } from '../address.ts';
import { Clock } from '../clock.tsx';
import { kindName } from '../kinds/registry.tsx';
import { styleNames } from '../messages/styles.ts';
import { sentence } from '../trouble.ts';
import { Verdict } from './verdict.tsx';

type Props = { readonly destinations: readonly DestinationView[]; readonly letters: readonly DeadLetterView[] };

export const DestinationList = ({ destinations, letters }: Props) => (
  <section aria-labelledby="destinations-heading">
    <h2 id="destinations-heading">Destinations</h2>
    {destinations.length === 0 && (
      <p class="empty">
        None: nobody hears of anything. Add one under <code>destinations</code> in planwatch.yml.
      </p>
    )}
    <ul class="cards">
      {destinations.map((destination) => (
        <Destination
          key={destination.name}
          destination={destination}
          givenUp={letters.some((letter) => letter.destination === destination.name)}
        />
      ))}
    </ul>
  </section>
);

function Destination({
  destination: { name, kind, style, pace, waiting, failing },
  givenUp,
}: {
  readonly destination: DestinationView;
  readonly givenUp: boolean;
}) {
  const verdict = failing || givenUp ? 'bad' : 'good';
  return (
    <li class={`card ${verdict}`}>
      <h3>
        {name} <span class="quiet">{kindName(kind)}</span>
      </h3>
      <Verdict group={verdict} words={wordsFor(failing !== undefined, givenUp)} />
      <dl>
        <div>
          <dt>Waiting</dt>
          <dd>{waiting === 0 ? 'none' : <a href={linkTo('messages', { q: name })}>{waiting.toLocaleString()}</a>}</dd>
        </div>
        {failing && (
          <div>
            <dt>Failing since</dt>
            <dd>
              <Clock time={failing.since} />
            </dd>
          </div>
        )}
        {failing?.nextAt !== undefined && (
          <div>
            <dt>Next try</dt>
            <dd>
              <Clock time={failing.nextAt} />
            </dd>
          </div>
        )}
        {style !== 'each' && (
          <div>
            <dt>A plan is</dt>
            <dd>{styleNames[style].toLowerCase()}</dd>
          </div>
        )}
        {pace && (
          <div>
            <dt>Pace</dt>
            <dd>{paceWords(pace)}</dd>
          </div>
        )}
      </dl>
      {failing?.reason !== undefined && <q class="said-by-provider">{sentence(failing.reason)}</q>}
    </li>
  );
}

/** It may take what comes now: nobody knows before the next one. */
function wordsFor(failing: boolean, givenUp: boolean): string {
  if (failing) return 'Messages do not get through';
  return givenUp ? 'Messages were given up: see below' : 'Messages get through';
}

function paceWords({ everyMs, burst }: NonNullable<DestinationView['pace']>): string {
  const seconds = everyMs / 1_000;
  const each = seconds > 1 ? `one each ${seconds.toLocaleString()} s` : `${Math.round(1 / seconds)} a second`;
  return burst > 1 ? `${each}, ${burst} at once after a quiet time` : each;
}
