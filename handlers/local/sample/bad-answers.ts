import type { SampleAnswer } from './answer.ts';
import type { SamplePlan } from './story.ts';

/** The vendor documents the encoded message, but no code for this: the words are IAM's usual ones. */
export const denied = (action: string): SampleAnswer => ({
  status: 403,
  body: {
    error_code: 'APIGW.0302',
    error_msg: `Policy doesn't allow ${action} to be performed.`,
    encoded_authorization_message: Buffer.from(`sample ${action}`.repeat(8)).toString('base64'),
  },
});

export const html = (status: number, title: string): SampleAnswer => ({
  status,
  headers: { 'Content-Type': 'text/html' },
  body: `<!doctype html><html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>`,
});

/** The first half of its text, as if that were all of it. */
export const halfJson = (answer: SampleAnswer): SampleAnswer => {
  const text = JSON.stringify(answer.body);
  return { ...answer, body: text.slice(0, text.length / 2) };
};

export const cutOff = (answer: SampleAnswer): SampleAnswer => ({
  ...answer,
  cutAfter: Math.floor(Buffer.byteLength(JSON.stringify(answer.body)) / 2),
});

/** The plans in an answer; undefined: it holds no list. */
export const plansOf = ({ body }: SampleAnswer): readonly SamplePlan[] | undefined =>
  (body as { readonly release_plans?: readonly SamplePlan[] } | undefined)?.release_plans;

/** A part of the list, with the count of all of it; two plans where nobody says how many. */
export function page(plans: readonly SamplePlan[], query: URLSearchParams): unknown {
  const [limit, offset] = [Number(query.get('limit') ?? 2), Number(query.get('offset') ?? 0)];
  return { count: plans.length, release_plans: plans.slice(offset, offset + limit) };
}
