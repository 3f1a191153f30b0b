import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Edition } from '../../lib/core/config.ts';
import { faultOf, type Handler, projectId, soon, sourceAt, startScriptedCloud } from './scripted-cloud.ts';

type Item = { readonly id: string; readonly name: string; readonly status: string };
type Query = { readonly limit?: number; readonly offset?: number };

const items = (count: number, status = 'CREATED'): Item[] =>
  Array.from({ length: count }, (_, index) => ({ id: `p${index}`, name: `n${index}`, status }));

/** A list that answers a query with the items, or with any body. */
function serve(list: (query: Query, calls: number) => unknown): Handler {
  let calls = 0;
  return (request, response) => {
    const { searchParams } = new URL(request.url ?? '', 'http://cloud');
    const query = Object.fromEntries([...searchParams].map(([name, value]) => [name, Number(value)]));
    response.end(JSON.stringify(list(query, calls++)));
  };
}

const paged = (all: readonly Item[], { limit = 10, offset = 0 }: Query, count: unknown = all.length) => ({
  count,
  release_plans: all.slice(offset, offset + limit),
});

const listOf = async (handler: Handler, edition: Edition = 'release-plans', known?: string) => {
  await using cloud = await startScriptedCloud(handler);
  const asking = sourceAt(cloud.url, { config: { edition } }).source.list(known, soon());
  const outcome: unknown = await asking.catch(() => faultOf(asking));
  return { outcome, queries: cloud.asked.map(({ path }) => path.split('?')[1] ?? '') };
};
const idsOf = (outcome: unknown): string[] => (outcome as { plans: Item[] }).plans.map(({ id }) => id);

describe('a list that counts more than came is asked on', () => {
  test('from where it stopped, a hundred at a time, until all are there, in their order', async () => {
    const all = items(250);
    const { outcome, queries } = await listOf(serve((query) => paged(all, query)));
    expect(idsOf(outcome)).toEqual(all.map(({ id }) => id));
    expect(queries).toEqual(['', 'limit=100&offset=10', 'limit=100&offset=110', 'limit=100&offset=210']);
  });

  test('with a signature for each question', async () => {
    await using cloud = await startScriptedCloud(serve((query) => paged(items(20), query)));
    await sourceAt(cloud.url).source.list(undefined, soon());
    const [first, second] = cloud.asked.map(({ headers }) => headers.authorization);
    expect(cloud.asked[1]?.path).toBe(`/v3/${projectId}/cas/release-plans?limit=100&offset=10`);
    expect(first).not.toBe(second);
  });

  test('and one that counts what came is not', async () => {
    expect((await listOf(serve((query) => paged(items(10), query)))).queries).toEqual(['']);
  });

  test.each<[what: string, handler: Handler, calls: number, reason: string]>([
    [
      'ignores what it is asked for',
      serve(() => ({ count: 30, release_plans: items(10) })),
      2,
      'HTTP 200, but count says 30, but 10 came',
    ],
    [
      'has no more to give',
      serve(({ offset }) => ({ count: 30, release_plans: offset === undefined ? items(10) : [] })),
      2,
      'HTTP 200, but count says 30, but 10 came',
    ],
    [
      'gives more than a page, and then none',
      serve(({ offset = 0 }) => ({ count: 30, release_plans: items(20).slice(offset) })),
      2,
      'HTTP 200, but count says 30, but 20 came',
    ],
    [
      'counts otherwise on another page: it moved meanwhile',
      serve((query, calls) => paged(items(30), query, 30 + calls)),
      2,
      'HTTP 200, but count went from 30 to 31 between two pages',
    ],
    [
      'counts each page for itself',
      serve((query, calls) => paged(items(30), query, calls === 0 ? 30 : 20)),
      2,
      'HTTP 200, but count went from 30 to 20 between two pages',
    ],
    [
      'brings more than it counts',
      serve(({ offset }) => ({
        count: 12,
        release_plans: offset === undefined ? items(10) : items(12).concat(items(14).slice(12)).slice(10, 13),
      })),
      2,
      'HTTP 200, but count says 12, but 13 came',
    ],
  ])('is incomplete where it %s', async (_what, handler, calls, reason) => {
    const { outcome, queries } = await listOf(handler);
    expect(queries).toHaveLength(calls);
    expect(outcome).toMatchObject({ kind: 'incomplete', message: reason });
  });

  test('is incomplete where it takes no such question', async () => {
    const { outcome, queries } = await listOf((request, response) => {
      if (!request.url?.includes('limit')) return void response.end(JSON.stringify(paged(items(30), {})));
      response.writeHead(400).end('{"error_code":"SVCSTG.00100400","error_msg":"unknown parameter"}');
    });
    expect(outcome).toMatchObject({
      kind: 'incomplete',
      message:
        'HTTP 200, but count says 30, but 10 came; the rest was refused: HTTP 400 SVCSTG.00100400: unknown parameter',
    });
    expect(queries).toHaveLength(2);
  });

  test('ends somewhere, even where it goes on for ever', async () => {
    const { outcome, queries } = await listOf(
      serve(({ offset = 0 }) => ({ count: 1_000_000, release_plans: [{ id: `p${offset}`, status: 'X' }] })),
    );
    expect(outcome).toMatchObject({ kind: 'incomplete', message: expect.stringContaining('but 200 came') });
    expect(queries).toHaveLength(200);
  });

  test('a broken page spoils the whole', async () => {
    const { outcome } = await listOf(
      serve((query, calls) => (calls === 0 ? paged(items(30), query) : { count: 30, release_plans: [{ id: 'x' }] })),
    );
    expect(outcome).toMatchObject({ kind: 'nonsense', message: expect.stringContaining('has no status') });
  });

  test('of a plan that two pages show the later is taken', async () => {
    const { outcome } = await listOf(
      serve(({ offset }) =>
        offset === undefined
          ? { count: 3, release_plans: items(2) }
          : { count: 3, release_plans: [{ ...items(2)[1], status: 'FAILED' }, items(3)[2]] },
      ),
    );
    expect(outcome).toMatchObject({
      plans: [
        { id: 'p0', status: 'CREATED' },
        { id: 'p1', status: 'FAILED' },
        { id: 'p2', status: 'CREATED' },
      ],
    });
  });

  test('whatever a server makes of limit and offset, the list is whole or it is none', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(40),
        fc.integer({ min: 1, max: 15 }),
        fc.constantFrom('honours both', 'ignores both', 'ignores offset', 'caps limit'),
        async (total, size, manner) => {
          const all = items(total);
          const { outcome } = await listOf(
            serve(({ limit = size, offset = 0 }) => {
              const wide = manner === 'caps limit' ? Math.min(limit, size) : manner === 'ignores both' ? size : limit;
              const from = manner.startsWith('ignores') ? 0 : offset;
              return { count: total, release_plans: all.slice(from, from + wide) };
            }),
          );
          if (outcome instanceof Error) expect(manner).toMatch(/^ignores/);
          else expect(idsOf(outcome)).toEqual(all.map(({ id }) => id));
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('the digest', () => {
  const digestOf = (outcome: unknown) => (outcome as { digest: string }).digest;

  test('of several pages spares nothing but the comparing: each is read again', async () => {
    const handler = () => serve((query) => paged(items(20), query));
    const first = await listOf(handler());
    const again = await listOf(handler(), 'release-plans', digestOf(first.outcome));
    expect(again.queries).toHaveLength(2);
    expect(digestOf(again.outcome)).toBe(digestOf(first.outcome));
    expect(idsOf(again.outcome)).toHaveLength(20);
  });

  test('is another one when only a later page changed', async () => {
    const all = items(20);
    const changed = all.map((item) => (item.id === 'p15' ? { ...item, status: 'FAILED' } : item));
    const first = await listOf(serve((query) => paged(all, query)));
    const later = await listOf(
      serve((query) => paged(changed, query)),
      'release-plans',
      digestOf(first.outcome),
    );
    expect(digestOf(later.outcome)).not.toBe(digestOf(first.outcome));
    expect((later.outcome as { plans: Item[] }).plans[15]).toMatchObject({ status: 'FAILED' });
  });
});

describe('a list that does not count', () => {
  const bare = (all: readonly Item[]) =>
    serve(({ limit = 100, offset = 0 }) => all.slice(offset, offset + limit).map((one) => ({ ...one, status: 2 })));

  test.each([
    ['of no plans', 0, ['']],
    ['of a number that is not round', 57, ['']],
    ['of a round number, which may be a full page', 40, ['', 'limit=100&offset=40']],
    ['of more than a page', 230, ['', 'limit=100&offset=100', 'limit=100&offset=200', 'limit=100&offset=230']],
  ])('%s', async (_what, count, expected) => {
    const { outcome, queries } = await listOf(bare(items(count)), 'pipelines');
    expect(idsOf(outcome)).toHaveLength(count);
    expect(queries).toEqual(expected);
  });

  test('and ignores the question is whole as it came', async () => {
    const { outcome } = await listOf(
      serve(() => ({ pipelines: items(20).map((one) => ({ ...one, status: 2 })) })),
      'pipelines',
    );
    expect(idsOf(outcome)).toHaveLength(20);
  });

  test('and refuses the question is whole as it came', async () => {
    const { outcome } = await listOf((request, response) => {
      const asksOn = request.url?.includes('limit');
      response.writeHead(asksOn ? 400 : 200).end(JSON.stringify(asksOn ? {} : items(20)));
    }, 'pipelines');
    expect(idsOf(outcome)).toHaveLength(20);
  });

  test('and never ends is incomplete', async () => {
    const { outcome } = await listOf(
      serve(({ limit = 10, offset = 0 }) => items(offset + Math.min(limit, 10)).slice(offset)),
      'pipelines',
    );
    expect(outcome).toMatchObject({ kind: 'incomplete', message: 'HTTP 200, but it goes on after 2000 plans' });
  });
});
