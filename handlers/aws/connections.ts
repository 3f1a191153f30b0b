/**
 * Lambda freezes a sandbox between invocations. The connections that fetch keeps are then closed at the other end, or
 * forgotten by what lies between, and the first request on one breaks without anybody knowing whether it was taken: a
 * message would come later, and marked as a perhaps second one (https://github.com/aws/aws-sdk-js-v3/issues/1196).
 *
 * Node's fetch has no call for this without the undici package; it looks for its dispatcher under this name, which is
 * undici's interface between its own versions. Where a later Node knows another name, nothing happens.
 */
const dispatcher = Symbol.for('undici.globalDispatcher.1');

type Dispatcher = { destroy(): Promise<void>; readonly constructor: new () => Dispatcher };

/** Longer ago, and a connection is not trusted any more. What fetch itself closes idle ones after (4 s) does not pass while frozen. */
const freshMs = 3_000;

/** Called as an invocation begins: connections older than `freshMs` are dropped. `now`: ms of any clock that goes on in between. */
export function createConnections(now: () => number): () => void {
  const world: typeof globalThis & { [dispatcher]?: Dispatcher } = globalThis;
  let last = Number.NEGATIVE_INFINITY;
  return () => {
    const idle = now() - last;
    last = now();
    const before = world[dispatcher];
    if (idle < freshMs || !before) return;
    world[dispatcher] = new before.constructor();
    // Nothing is under way on them; and what is wrong with one must not concern this invocation.
    before.destroy().catch(() => undefined);
  };
}
