import { isRecord } from '../../lib/core/plan.ts';

/** One message of the channel as people see it now. */
export type Shown = {
  readonly ts: string;
  /** The first message of its thread. */
  readonly under?: string;
  /** The event's id, where programs find it. */
  id: string;
  body: Record<string, unknown>;
};

/** What was done to the channel. */
export type Done = { readonly posted?: true; readonly id: string; readonly answer: Record<string, unknown> };

export const channel = 'C0123456789';

export type Board = ReturnType<typeof createBoard>;

/** Slack's Web API for one channel: posts, threads, edits, and its history with metadata. `now`: ms since 1970. */
export function createBoard(now: () => number) {
  const posts: Shown[] = [];
  /** Every id that was ever shown, posted or edited in. */
  const shown: string[] = [];
  const here = (ts: unknown) => posts.find((post) => post.ts === ts);
  const no = (error: string) => ({ ok: false, error });

  function post(body: Record<string, unknown>): Done {
    const ts = `${(now() / 1000).toFixed(3)}${String(posts.length).padStart(3, '0').slice(-3)}`;
    // A thread whose first message is gone: what is said in it stands alone.
    const under = here(body['thread_ts'])?.ts;
    const id = idIn(body);
    posts.push({ ts, id, body, ...(under !== undefined && { under }) });
    shown.push(id);
    return {
      posted: true,
      id,
      answer: { ok: true, channel, ts, message: under === undefined ? {} : { thread_ts: under } },
    };
  }

  function edit(body: Record<string, unknown>): Done {
    const id = idIn(body);
    const post = here(body['ts']);
    if (!post) return { id, answer: no('message_not_found') };
    Object.assign(post, { id, body });
    shown.push(id);
    return { id, answer: { ok: true, channel, ts: post.ts } };
  }

  function history(form: URLSearchParams, thread: boolean): Done {
    const oldest = Number(form.get('oldest'));
    const messages = posts
      .filter(({ ts, under }) => Number(ts) > oldest && (thread ? under === form.get('ts') : under === undefined))
      .map(({ ts, under, body: { metadata } }) => ({ ts, metadata, ...(under !== undefined && { thread_ts: under }) }));
    return { id: '', answer: { ok: true, messages: messages.reverse() } };
  }

  return {
    posts,
    shown,
    here,
    /** Somebody deletes one of the messages that are no replies, the newest first. */
    remove(which: number): void {
      const roots = posts.filter(({ under }) => under === undefined).reverse();
      const gone = roots[which % Math.max(1, roots.length)];
      if (gone) posts.splice(posts.indexOf(gone), 1);
    },
    call(method: string, text: string): Done {
      if (method === 'conversations.history') return history(new URLSearchParams(text), false);
      if (method === 'conversations.replies') return history(new URLSearchParams(text), true);
      const body: unknown = JSON.parse(text);
      if (!isRecord(body) || body['channel'] !== channel) return { id: '', answer: no('channel_not_found') };
      return method === 'chat.update' ? edit(body) : post(body);
    },
  };
}

function idIn({ metadata }: Record<string, unknown>): string {
  const { event_payload: payload } = isRecord(metadata) ? metadata : {};
  return isRecord(payload) ? String(payload['id']) : '';
}
