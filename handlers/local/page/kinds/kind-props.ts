import type { Rendering } from '../../inbox/view.ts';

/** What the drawing of a kind is given. `time`: of the event, RFC 3339. */
export type KindProps = {
  /** One that can be drawn. */
  readonly rendering: Omit<Rendering, 'fault'>;
  readonly time: string;
};
