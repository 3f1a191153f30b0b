import { createInterface } from 'node:readline/promises';
import { UsageError } from './usage-error.ts';

export type Question = {
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
 * Answers come from flags, else from a person, else from the default. Throws UsageError for a flag that will not do, and
 * where nobody answers: then with every flag that is missing known only one by one, so all defaults are taken first.
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
      if (line.done) throw new UsageError(`\n${flag} is missing: ${words}`);
      const answer = line.value.trim() || (otherwise ?? '');
      const message = fault(answer);
      if (message === undefined) return answer;
      streams.output.write(`  That ${message}.\n`);
    }
  };
  try {
    return await use(ask);
  } finally {
    reader?.close();
  }
}
