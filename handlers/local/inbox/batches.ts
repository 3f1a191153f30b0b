/** A process may have only so many files open, and a store takes only so many calls. */
const atOnce = 50;

/** Does it for each, fifty at a time. */
export async function inBatches<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  for (let from = 0; from < items.length; from += atOnce) {
    await Promise.all(items.slice(from, from + atOnce).map(work));
  }
}
