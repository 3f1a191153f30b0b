import { createInterface } from 'node:readline/promises';
import { UsageError } from './usage-error.ts';

type Question = {
  /** The flag that answers it as well. */
  readonly flag: string;
  readonly words: string;
  readonly otherwise?: string;
  /** What is wrong with an answer, without the answer: it may be a secret in the wrong place. */
  readonly fault: (answer: string) => string | undefined;
};

export type Ask = (question: Question, given: string | undefined) => Promise<string>;

type Streams = { readonly input: NodeJS.ReadableStream; readonly output: NodeJS.WritableStream };

/**
 * Answers come from flags, else from a person, else from the default; without `streams` nobody is asked. Throws UsageError
 * for a flag that will not do, and for one that is missing where nobody answers.
 */
export async function withQuestions<T>(streams: Streams | undefined, use: (ask: Ask) => Promise<T>): Promise<T> {
  const reader = streams && createInterface({ ...streams, terminal: false });
  const lines = reader?.[Symbol.asyncIterator]();
  const ask: Ask = async ({ flag, words, otherwise, fault }, given) => {
    const answered = given ?? (lines ? undefined : otherwise);
    if (answered !== undefined) {
      const message = fault(answered);
      if (message !== undefined) throw new UsageError(`${flag} ${message}`);
      return answered;
    }
    if (!streams || !lines) throw new UsageError(`${flag} is missing: ${words}`);
    for (;;) {
      streams.output.write(`${words}${otherwise === undefined ? '' : ` [${otherwise}]`}: `);
      const line = await lines.next();
      // Nobody is there to answer: a script, or a person who pressed Ctrl-D.
      if (line.done) streams.output.write('\n');
      if (line.done && otherwise === undefined) throw new UsageError(`${flag} is missing: ${words}`);
      const answer = (line.done ? '' : line.value.trim()) || (otherwise ?? '');
      const message = fault(answer);
      if (message === undefined) return answer;
      if (line.done) throw new UsageError(`${flag} ${message}`);
      streams.output.write(`  That ${message}.\n`);
    }
  };
  try {
    return await use(ask);
  } finally {
    reader?.close();
  }
}
