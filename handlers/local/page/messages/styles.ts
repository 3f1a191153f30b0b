import type { TellingStyle } from '../../../../lib/core/config.ts';

/** The ways to tell a plan, and what each is called. */
export const styleNames: Readonly<Record<TellingStyle, string>> = {
  each: 'A post a change',
  living: 'One living message',
  thread: 'A thread',
};
