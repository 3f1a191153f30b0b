const dayMs = 24 * 3_600_000;

/** For how long after it was decided a message can be on its way: what is older is settled, or lost with the queue. */
export const onItsWayMs = ({ giveUpAfterMs }: { readonly giveUpAfterMs: number }): number => giveUpAfterMs + dayMs;
