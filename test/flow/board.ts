import type { Message } from '../../lib/core/message.ts';
import type { Gone, Outcome, Told } from '../../lib/core/outcome.ts';
import type { Channel } from '../../lib/ports.ts';

/** What the chat shows in one place. */
export type Post = {
  readonly reference: string;
  message: Message;
  /** Under which message; absent: in the channel itself. */
  readonly under?: string;
  readonly rings: boolean;
  readonly plain: boolean;
  edits: number;
};

type Answer = Outcome | Gone | 'done, answer lost';
const lost: Outcome = { kind: 'retry', reason: 'no answer within 10 s', unsure: true };

export type Board = ReturnType<typeof createBoard>;

/** A chat whose messages can be edited and answered. `next`: what it says to the next calls; then it does what it is asked. */
export function createBoard() {
  const posts: Post[] = [];
  const calls: string[] = [];
  /** Since when each search looked. */
  const searches: string[] = [];
  const next: { send: Answer[]; edit: Answer[]; reply: Answer[] } = { send: [], edit: [], reply: [] };
  /** Whether it may be looked through; whether it says so where a thread's first message is gone. */
  const may = { find: true, tell: true };
  const here = (reference: string) => posts.find((post) => post.reference === reference);

  function answered<T extends Outcome | Gone>(call: keyof typeof next, act: () => T): T | Outcome | Gone {
    calls.push(call);
    const said = next[call].shift();
    if (said !== undefined && said !== 'done, answer lost') return said;
    const done = act();
    return said === undefined ? done : lost;
  }

  const add = (message: Message, rings: boolean, plain: boolean, under?: string): Outcome => {
    const reference = `m${calls.length}`;
    posts.push({ reference, message, rings, plain, edits: 0, ...(under !== undefined && { under }) });
    return { kind: 'delivered', reference };
  };

  const channel: Channel = {
    send: async (message, { plain }) => answered('send', () => add(message, true, plain)) as Outcome,
    edit: async (reference, message) =>
      answered('edit', () => {
        const post = here(reference);
        if (!post) return { kind: 'gone', reason: 'message_not_found' };
        post.message = message;
        post.edits++;
        return { kind: 'delivered', reference };
      }),
    reply: async (reference, message, { ring, plain }) =>
      answered('reply', () =>
        here(reference)
          ? add(message, ring, plain, reference)
          : may.tell
            ? { kind: 'gone', reason: 'thread_not_found' }
            : { ...(add(message, true, plain) as Told), alone: true },
      ),
    async find(id, { under, since }) {
      calls.push('find');
      searches.push(since);
      const found = may.find ? posts.find((post) => post.message.id === id && post.under === under) : undefined;
      return found && { kind: 'delivered', reference: found.reference };
    },
  };
  return {
    channel,
    posts,
    calls,
    searches,
    next,
    may,
    remove(reference: string): void {
      const at = posts.findIndex((post) => post.reference === reference);
      posts.splice(at, 1);
    },
    /** Each message in a line: where, what, how often it was edited. */
    shows: () =>
      posts.map(
        ({ message, under, edits, rings }) =>
          `${under === undefined ? '' : `${under} < ${rings ? '(rings) ' : ''}`}${message.title}${edits > 0 ? ` (edits: ${edits})` : ''}`,
      ),
  };
}
