import type { Rendering } from '../../inbox/view.ts';
import { belowIn, viewOf } from '../kinds/registry.tsx';

type Props = {
  readonly rendering: Rendering;
  /** The event that the reader came from. */
  readonly event: string;
};

/** A plan's message as it is now, or its first post, with what was said below it: as its chat shows them. */
export function Talk({ rendering, event }: Props) {
  const { kind, style, posts = [], stands = false } = rendering;
  const [root, ...others] = posts;
  if (!root) return <p class="empty">Nothing of this plan is told here.</p>;
  const View = viewOf(kind);
  return (
    <>
      <p class="caption quiet">
        {style === 'living' ? living(root.events.length, stands) : thread(others.length, stands)}
      </p>
      <View rendering={{ ...rendering, payload: root.payload }} time={root.time} />
      {others.length > 0 && (
        <ol class="talk" aria-label="Said as well">
          {others.map((post) => (
            <li key={post.events.join()} class={post.below ? 'below' : ''} aria-current={post.events.includes(event)}>
              <p class="caption quiet">{whereOf(kind, post)}</p>
              <View rendering={{ ...rendering, payload: post.payload }} time={post.time} />
            </li>
          ))}
        </ol>
      )}
    </>
  );
}

const living = (changes: number, stands: boolean): string => {
  const edits = changes < 2 ? '' : `, edited ${['once', 'twice'][changes - 2] ?? `${changes - 1} times`}`;
  return `One message for this plan${edits}${stands ? ': as it stands now' : ''}.`;
};

const thread = (answers: number, stands: boolean): string => {
  const below = answers === 1 ? 'one post in it' : `${answers} posts in it`;
  return `One thread for this plan, ${below}${stands ? ': as it stands now' : ''}.`;
};

function whereOf(kind: string, { below, rings }: NonNullable<Rendering['posts']>[number]): string {
  if (!below) return 'A post of its own, so that it rings';
  return rings ? `${belowIn(kind)}, and it rings` : belowIn(kind);
}
