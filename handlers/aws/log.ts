import type { Entry } from './lines.ts';
import { embedded, type Metering } from './metrics.ts';

export type LogEdges = {
  readonly write: (text: string) => void;
  readonly now: () => Date;
  /** Of the invocation under way: a sandbox has one at a time. */
  readonly requestId: () => string;
};

export type Log = ReturnType<typeof createLog>;

/**
 * One JSON line per thing that matters, and what it measures inside the same line. For stdout and not console.log, which
 * Lambda replaces: it would put time, id and level before the JSON, or with JSON logging wrap it as a text.
 */
export function createLog({ write, now, requestId }: LogEdges, metering: Metering) {
  return ({ level, line: { message, ...rest }, measured = { measures: [] } }: Entry): void => {
    const at = now();
    const head = { level, time: at.toISOString(), message, requestId: requestId() };
    write(`${JSON.stringify({ ...head, ...rest, ...embedded(measured, metering, at) })}\n`);
  };
}
