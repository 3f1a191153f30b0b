/** A message as people see it now. */
export type Shown<Body> = {
  /** The provider's own name for it, as a channel writes it down. */
  readonly reference: string;
  readonly body: Body;
  /** How often it was edited. */
  readonly edits: number;
  /** The message that it stands under, or is an answer to. */
  readonly under?: string;
  /** An answer that the whole chat sees, not only who opens the thread. */
  readonly broadcast?: true;
};

export type Room<Body> = ReturnType<typeof createRoom<Body>>;

/** What a chat keeps: messages that are edited, answered and deleted. The rules of a provider are its server's. */
export function createRoom<Body>() {
  const kept: Shown<Body>[] = [];
  const placeOf = (reference: string) => kept.findIndex((one) => one.reference === reference);
  return {
    /** Those that are there, oldest first. */
    shown: (): readonly Shown<Body>[] => kept,
    find: (reference: string): Shown<Body> | undefined => kept[placeOf(reference)],
    add: (message: Omit<Shown<Body>, 'edits'>): void => void kept.push({ ...message, edits: 0 }),
    /** What `change` does not name stays as it was. */
    edit(reference: string, change: Partial<Body>): void {
      const at = placeOf(reference);
      const before = kept[at] as Shown<Body>;
      kept[at] = { ...before, body: { ...before.body, ...change }, edits: before.edits + 1 };
    },
    /** Somebody deletes it. */
    remove(reference: string): void {
      kept.splice(placeOf(reference), 1);
    },
  };
}
