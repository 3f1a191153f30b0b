import type { DeadLetterView } from '../../inbox/view.ts';
import { linkTo } from '../address.ts';
import { Clock } from '../clock.tsx';
import { CopyButton } from '../copy-button.tsx';
import { sentence } from '../trouble.ts';

type Props = { readonly letters: readonly DeadLetterView[]; readonly more: boolean };

/** What was given up, with the provider's words and the command that sends it again. */
export function DeadLetterList({ letters, more }: Props) {
  const byDestination = Map.groupBy(letters, ({ destination }) => destination);
  return (
    <section aria-labelledby="dead-letters-heading">
      <h2 id="dead-letters-heading">Dead letters</h2>
      {letters.length === 0 && <p class="quiet">None: nothing was given up.</p>}
      {[...byDestination].map(([destination, its]) => (
        <div key={destination} class="letters">
          <h3>
            {destination} <span class="quiet">{its.length} given up</span>
          </h3>
          <Command destination={destination} />
          <ul>
            {its.map(({ id, title, reason, answer, attempts, at }) => (
              <li key={id}>
                <a href={linkTo('messages', { event: id })}>{title}</a>
                <span class="quiet">
                  <Clock time={at} /> · {attempts} {attempts === 1 ? 'try' : 'tries'}
                </span>
                <span>{sentence(reason)}</span>
                {answer !== '' && <q class="said-by-provider">{sentence(answer)}</q>}
              </li>
            ))}
          </ul>
        </div>
      ))}
      {more && (
        <p class="quiet foot">
          There are more: <code>npx planwatch dead-letters</code> lists them all.
        </p>
      )}
    </section>
  );
}

function Command({ destination }: { readonly destination: string }) {
  const command = `npx planwatch backfill --dead-letters --destinations ${destination}`;
  return (
    <p class="command">
      <span class="quiet">Once the cause is mended, this sends them again:</span> <code>{command}</code>{' '}
      <CopyButton text={command} label="Copy" />
    </p>
  );
}
