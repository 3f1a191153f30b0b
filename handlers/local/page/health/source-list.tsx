import type { SourceView } from '../../inbox/view.ts';
import { linkTo } from '../address.ts';
import { Ago, Clock } from '../clock.tsx';
import { sentence } from '../trouble.ts';
import { Verdict } from './verdict.tsx';

type Times = Readonly<Record<string, string>>;

type Props = {
  readonly sources: readonly SourceView[];
  readonly looked: Times;
  readonly good: Times;
  readonly readOnly: boolean;
};

export const SourceList = ({ sources, looked, good, readOnly }: Props) => (
  <section aria-labelledby="sources-heading">
    <h2 id="sources-heading">Sources</h2>
    <ul class="cards">
      {sources.map((source) => (
        <Source
          key={source.name}
          source={source}
          looked={looked[source.name]}
          good={latest(good[source.name], source.lastGood)}
        />
      ))}
    </ul>
    {readOnly && (
      <p class="quiet foot">
        A look that finds nothing new writes nothing, so the last good look may be later than what is shown here.
      </p>
    )}
  </section>
);

const latest = (...times: readonly (string | undefined)[]): string | undefined =>
  times
    .filter((time) => time !== undefined)
    .sort()
    .at(-1);

type SourceProps = {
  readonly source: SourceView;
  readonly looked: string | undefined;
  readonly good: string | undefined;
};

function Source({ source: { name, region, plans, failing, listSince }, looked, good }: SourceProps) {
  const verdict = failing ? 'bad' : listSince === undefined ? 'moving' : 'good';
  return (
    <li class={`card ${verdict}`}>
      <h3>
        {name} <span class="quiet">{region}</span>
      </h3>
      <Verdict
        group={verdict}
        words={failing ? 'Cannot be read' : listSince === undefined ? 'First look on its way' : 'Can be read'}
      />
      <dl>
        <div>
          <dt>Last good look</dt>
          <dd>{good === undefined ? 'none yet' : <Ago time={good} />}</dd>
        </div>
        {looked !== undefined && looked !== good && (
          <div>
            <dt>Last look</dt>
            <dd>
              <Ago time={looked} />
            </dd>
          </div>
        )}
        {failing?.since !== undefined && (
          <div>
            <dt>Failing since</dt>
            <dd>
              <Clock time={failing.since} /> ({failing.looks} look{failing.looks === 1 ? '' : 's'})
            </dd>
          </div>
        )}
        <div>
          <dt>Plans</dt>
          <dd>
            <a href={linkTo('plans', { source: name })}>{plans.toLocaleString()}</a>
          </dd>
        </div>
      </dl>
      {failing?.reason !== undefined && <q class="said-by-provider">{sentence(failing.reason)}</q>}
    </li>
  );
}
