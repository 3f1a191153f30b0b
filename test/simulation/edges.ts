import type { QueueMessage } from '../../lib/core/delivery.ts';
import type { DrainableQueue, ObjectStore } from '../../lib/ports.ts';
import type { Run, Stage } from './stage.ts';

/** Everything that one run does to the store and the queue goes through the stage, a step a call. */
export function storeOf(stage: Stage, run: Run, store: ObjectStore, written: (key: string) => void): ObjectStore {
  const write = <T>(what: string, key: string, act: () => Promise<T>) =>
    stage.call(run, {
      what: `${what} ${key}`,
      act: async () => {
        const value = await act();
        written(key);
        return value;
      },
    });
  return {
    get: (key) => stage.call(run, { what: `get ${key}`, act: () => store.get(key) }),
    put: (key, body) => write('put', key, () => store.put(key, body)),
    create: (key, body) => write('create', key, () => store.create(key, body)),
    remove: (key) => write('remove', key, () => store.remove(key)),
    async *list(prefix) {
      yield* await stage.call(run, { what: `list ${prefix}`, act: () => all(store.list(prefix)) });
    },
  };
}

async function all(keys: AsyncIterable<string>): Promise<string[]> {
  const found: string[] = [];
  for await (const key of keys) found.push(key);
  return found;
}

/** `half done`: the queue took the first half of what was sent, and then said nothing. */
export function queueOf(
  stage: Stage,
  run: Run,
  queue: DrainableQueue,
  sent: (messages: readonly QueueMessage[]) => void = () => {},
) {
  return {
    send: (messages: readonly QueueMessage[]) =>
      stage.call(run, {
        what: `send ${messages.map((one) => `${one.id} to ${one.destination}`).join(', ') || 'nothing'}`.slice(0, 200),
        act: (half) => {
          const accepted = half ? messages.slice(0, messages.length >> 1) : messages;
          sent(accepted);
          return queue.send(accepted);
        },
      }),
    delay: (handle: string, seconds: number) =>
      stage.call(run, { what: `delay by ${seconds} s`, act: () => queue.delay(handle, seconds) }),
    done: (handle: string) => stage.call(run, { what: 'done', act: () => queue.done(handle) }),
  };
}
