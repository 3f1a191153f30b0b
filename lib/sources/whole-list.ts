import { createHash } from 'node:crypto';
import type { ParsedPage } from '../core/plan.ts';
import { SourceError } from '../core/source-error.ts';
import type { Listing } from '../ports.ts';
import { notExpected, parseJson } from './json.ts';

/** Which part of a list to ask for; without one, the list as it comes. */
export type Range = { readonly limit: number; readonly offset: number };

/** The most that sibling calls allow. */
const pageSize = 100;
/** 20,000 plans and more; the new edition allows a project 1,000. */
const mostPages = 200;

type Page = Exclude<ParsedPage, { readonly fault: string }>;

/**
 * The whole list, or a SourceError. Neither list documents paging; other lists of this API take `limit` and `offset`. So
 * it is asked for without them, and with them only where more is to be expected, in a way that stays right when they are
 * ignored: plans are told apart by their ids, and a page that brings none that is new is the last.
 *
 * `known` spares the parsing where the first answer is the one that we know. Where pages were needed the digest is that
 * of all of them, which no first answer has: a change on a later page must not hide behind a first one that stays.
 */
export async function readWholeList(
  ask: (range?: Range) => Promise<Uint8Array>,
  parse: (body: unknown) => ParsedPage,
  known: string | undefined,
): Promise<Listing> {
  const body = await ask();
  const digest = createHash('sha256').update(body);
  const own = digest.copy().digest('hex');
  if (own === known) return { digest: own };
  const first = pageOf(body, parse);
  if (!mayGoOn(first)) return { digest: own, plans: first.plans };

  const byId = new Map(first.plans.map((plan) => [plan.id, plan]));
  let ended = false;
  for (let pages = 1; pages < mostPages && !ended; pages++) {
    const more = await askOn(ask, byId.size, first.count);
    digest.update(more ?? '');
    const page = more && pageOf(more, parse);
    if (page && page.count !== first.count) {
      throw incomplete(`count went from ${first.count} to ${page.count} between two pages`);
    }
    const before = byId.size;
    // The later copy of a plan is the newer one.
    for (const plan of page?.plans ?? []) byId.set(plan.id, plan);
    ended = byId.size === before || byId.size >= (first.count ?? Number.POSITIVE_INFINITY);
  }
  if (first.count !== undefined && byId.size !== first.count) throw short(first.count, byId.size);
  if (!ended) throw incomplete(`it goes on after ${byId.size} plans`);
  return { digest: digest.digest('hex'), plans: [...byId.values()] };
}

/** Where nothing counts, a page of a round number may be a full one: page sizes are round numbers. */
const mayGoOn = ({ plans, count }: Page): boolean =>
  count === undefined ? plans.length > 0 && plans.length % 10 === 0 : count > plans.length;

/** An API that takes no `limit` may refuse the question; then the list is short, and its address is right. */
async function askOn(
  ask: (range: Range) => Promise<Uint8Array>,
  offset: number,
  count: number | undefined,
): Promise<Uint8Array | undefined> {
  try {
    return await ask({ limit: pageSize, offset });
  } catch (error) {
    if (!(error instanceof SourceError) || error.kind !== 'not-found') throw error;
    if (count === undefined) return undefined;
    throw short(count, offset, `; the rest was refused: ${error.message}`);
  }
}

function pageOf(body: Uint8Array, parse: (body: unknown) => ParsedPage): Page {
  const page = parse(parseJson(body));
  if (!('fault' in page)) return page;
  throw page.kind === 'incomplete' ? incomplete(page.fault) : notExpected(page.fault);
}

const short = (count: number, came: number, why = ''): SourceError =>
  incomplete(`count says ${count}, but ${came} came${why}`);

const incomplete = (fault: string): SourceError =>
  new SourceError(
    `HTTP 200, but ${fault}`,
    'Such a list is not compared, so nothing wrong is told; if it goes on, ask the support of the cloud why.',
    { kind: 'incomplete', status: 200 },
  );
