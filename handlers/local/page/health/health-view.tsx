import type { ViewProps } from '../view-props.ts';
import { DeadLetterList } from './dead-letter-list.tsx';
import { DestinationList } from './destination-list.tsx';
import { SourceList } from './source-list.tsx';

/** The view for three in the morning: can it see, does it get through, what was given up. */
export const HealthView = ({ feed, overview }: ViewProps) => (
  <div class="health">
    <SourceList sources={overview.sources} looked={feed.looked} good={feed.good} readOnly={overview.readOnly} />
    <DestinationList destinations={overview.destinations} letters={overview.deadLetters} />
    <DeadLetterList letters={overview.deadLetters} more={overview.moreDeadLetters} />
  </div>
);
