import type { Group } from '../../inbox/view.ts';
import { GroupMark } from '../groups.tsx';

/** In one word and one sign, whether there is anything to do. */
export const Verdict = ({ group, words }: { readonly group: Group; readonly words: string }) => (
  <p class={`verdict said ${group}`}>
    <GroupMark group={group} /> {words}
  </p>
);
