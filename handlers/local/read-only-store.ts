import type { ObjectStore } from '../../lib/ports.ts';

/** A store that may be looked at. A damaged object is passed over without a copy of it being set aside. */
export const readOnly = ({ get, list }: ObjectStore): ObjectStore => ({
  get,
  list,
  create: async () => false,
  put: refuse,
  remove: refuse,
});

async function refuse(key: string): Promise<never> {
  throw new Error(`${key} is only looked at, and cannot be written here.`);
}
