/** A signal after `ms`, at once where none are left. Whole ones: `AbortSignal.timeout` throws for any other number. */
export const timeLimit = (ms: number): AbortSignal => AbortSignal.timeout(Math.max(1, Math.floor(ms)));
