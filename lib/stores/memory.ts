import type { ObjectStore } from '../ports.ts';
import { checkBody, checkKey, checkPrefix } from './text.ts';

/** Forgets everything with the process. `objects` may be handed in, to look inside or to share between two stores. */
export function createMemoryStore(objects = new Map<string, string>()): ObjectStore {
  return {
    async get(key) {
      checkKey('get', key);
      return objects.get(key);
    },
    async put(key, body) {
      checkKey('put', key);
      checkBody('put', key, body);
      objects.set(key, body);
    },
    async create(key, body) {
      checkKey('create', key);
      checkBody('create', key, body);
      // No await between the look and the write: this is what makes it atomic.
      if (!objects.has(key)) objects.set(key, body);
      return objects.get(key) === body;
    },
    async remove(key) {
      checkKey('remove', key);
      objects.delete(key);
    },
    async *list(prefix) {
      checkPrefix(prefix);
      yield* [...objects.keys()].filter((key) => key.startsWith(prefix)).sort();
    },
  };
}
