import { fault, iamFault, type SampleAnswer } from './answer.ts';
import { cutOff, denied, halfJson, html, page, plansOf } from './bad-answers.ts';
import type { CallName } from './call.ts';
import { wrongSignature } from './gate.ts';
import type { Received } from './received.ts';
import type { SamplePlan } from './story.ts';

/** One request that goes wrong, and what a good day would have answered. */
export type Asked = {
  readonly request: Received;
  readonly good: () => Promise<SampleAnswer>;
  readonly at: Date;
};

/** One way in which the cloud, or what stands before it, answers badly. */
type Chaos = {
  /** What comes back, for people. */
  readonly says: string;
  /** The calls that it happens to. */
  readonly of: readonly CallName[];
  /** Only whoever asks with a token meets it. */
  readonly tokens?: true;
  readonly answer: (asked: Asked) => SampleAnswer | Promise<SampleAnswer>;
};

const lists = ['list', 'pipelines'] as const;
const details = ['detail', 'deploy-info', 'pipeline'] as const;
const all = [...lists, ...details] as const;

function row(of: readonly CallName[], says: string, answer: SampleAnswer | Chaos['answer']) {
  return { says, of, answer: typeof answer === 'function' ? answer : () => answer };
}

const tokenRow = (...given: Parameters<typeof row>) => ({ ...row(...given), tokens: true }) as const;

const changed =
  (change: (answer: SampleAnswer) => SampleAnswer): Chaos['answer'] =>
  async ({ good }) =>
    change(await good());

/** The good list, changed. What is no list (a refusal, say) goes out as it is. */
const listRow = (says: string, change: (plans: readonly SamplePlan[], query: URLSearchParams) => unknown) =>
  row(['list'], says, async ({ good, request }) => {
    const answer = await good();
    const plans = plansOf(answer);
    return plans ? { ...answer, body: change(plans, request.url.searchParams) } : answer;
  });

const wrongIam = (why: string) => fault(401, 'APIGW.0301', `Incorrect IAM authentication information: ${why}`);

const throttled = fault(
  429,
  'APIGW.0308',
  'The throttling threshold has been reached: policy user over ratelimit,limit:10,time:1 second',
);

/**
 * Every answer that the vendor documents, and those that proxies and networks give. By name: for `planwatch start --chaos`,
 * and for the tests of whatever must understand them.
 *
 * Codes of the gateway: https://support.huaweicloud.com/intl/en-us/devg-apisign/api-sign-errorcode.html
 * Codes of ServiceStage: https://support.huaweicloud.com/intl/en-us/api-servicestage/servicestage_06_0162.html
 * IAM's token call: https://support.huaweicloud.com/intl/en-us/api-iam/iam_30_0001.html
 */
export const chaos = {
  // Who asks is not known, or not known any more.
  'wrong-signature': row(all, '401 APIGW.0301 that echoes the whole signed request', ({ request }) =>
    wrongSignature(request),
  ),
  'unknown-key': row(all, '401 APIGW.0301, no such access key', wrongIam('the AK does not exist')),
  'locked-key': row(
    all,
    '401 APIGW.0301, the access key is locked after too many bad signatures',
    wrongIam('AK access failed to reach the limit, forbidden'),
  ),
  'wrong-clock': row(all, "401 APIGW.0301, and the cloud's clock is 20 minutes ahead of ours", ({ at }) => ({
    ...wrongIam('the time of the request is more than 15 minutes off'),
    headers: { Date: new Date(at.getTime() + 20 * 60_000).toUTCString() },
  })),
  'auth-info': row(
    all,
    '401 APIGW.0305, wrong authentication information',
    fault(401, 'APIGW.0305', 'Incorrect authentication information'),
  ),
  'token-expired': tokenRow(
    all,
    '401 APIGW.0307, the token must be updated',
    fault(401, 'APIGW.0307', 'The token must be updated.'),
  ),

  // Known, and not allowed.
  forbidden: row(lists, '403, a policy denies the list', denied('servicestage::listReleasePlan')),
  'forbidden-detail': row(
    details,
    '403, a policy denies one plan and its deploy-info, but not the list',
    denied('servicestage::getReleasePlan'),
  ),
  'not-allowed': row(
    all,
    '403 APIGW.0302, this IAM user may not call the API',
    fault(403, 'APIGW.0302', 'The IAM user is not allowed to access the API'),
  ),
  'project-unavailable': row(
    all,
    '403 APIGW.0310, the project is unavailable',
    fault(403, 'APIGW.0310', 'The project is unavailable.'),
  ),
  'address-blocked': row(
    all,
    '403 APIGW.0401, our IP address may not call',
    fault(403, 'APIGW.0401', 'The IP address is not allowed to access the API'),
  ),
  'region-forbidden': row(
    all,
    '403 APIGW.0802, the IAM user is forbidden in this region',
    fault(403, 'APIGW.0802', 'The IAM user is forbidden in the currently selected region'),
  ),

  // Not there, or not understood.
  'no-such-api': row(
    all,
    '404 APIGW.0101, no such API: a wrong region, path or method',
    fault(404, 'APIGW.0101', 'The API does not exist or has not been published in the environment'),
  ),
  'bad-request': row(
    all,
    '400 APIGW.0201, the gateway does not take the request',
    fault(400, 'APIGW.0201', 'Invalid header'),
  ),
  'bad-parameter': row(all, '400 SVCSTG.00100400, a bad parameter', fault(400, 'SVCSTG.00100400', 'Bad parameter.')),
  'other-spelling': row(all, '400 with errorCode and errorMessage, as sibling services spell a fault', {
    status: 400,
    body: { errorCode: 'SVCSTG.00100400', errorMessage: 'Bad parameter.' },
  }),
  'not-found': row(
    all,
    '404 SVCSTG.00100433, no such release task',
    fault(404, 'SVCSTG.00100433', 'The release task does not exist.'),
  ),
  'not-found-401': row(
    all,
    '401 SVCSTG.00100401, which means "does not exist" and not "log in"',
    fault(401, 'SVCSTG.00100401', 'The resource does not exist.'),
  ),

  // Not now.
  throttled: row(all, '429 APIGW.0308, too many requests a second', throttled),
  'throttled-for-1s': row(all, '429 APIGW.0308 with Retry-After: 1', { ...throttled, headers: { 'Retry-After': '1' } }),
  'internal-error': row(
    all,
    '500 APIGW.0601, an error inside the gateway',
    fault(500, 'APIGW.0601', 'Internal server error'),
  ),
  'empty-500': row(all, '500 without a body', { status: 500 }),
  'bad-gateway': row(all, "502 with a load balancer's HTML page", html(502, '502 Bad Gateway')),
  'backend-unavailable': row(
    all,
    '502 APIGW.0201, the backend is unavailable',
    fault(502, 'APIGW.0201', 'Backend unavailable'),
  ),
  'iam-unavailable': row(
    all,
    '503 APIGW.0613, the gateway cannot reach IAM',
    fault(503, 'APIGW.0613', 'The IAM service is unavailable'),
  ),
  'backend-timeout': row(all, '504 APIGW.0201, the backend took too long', fault(504, 'APIGW.0201', 'Backend timeout')),
  silence: row(all, 'no answer at all, and the connection stays open', { instead: 'silence' }),
  reset: row(all, 'the connection is reset before an answer', { instead: 'reset' }),
  slow: row(
    all,
    'the good answer, three seconds late',
    changed((answer) => ({ ...answer, delayMs: 3_000 })),
  ),

  // 200, or nearly, and still not what was asked for.
  redirect: row(all, '302 to somewhere else', ({ request }) => ({
    status: 302,
    headers: { Location: `http://${request.headers.host}/elsewhere` },
  })),
  'login-page': row(all, '200 with an HTML page, as a login or a proxy sends it', html(200, 'Log in')),
  empty: row(all, '200 without a body', {}),
  'half-json': row(all, '200 with the first half of the good body', changed(halfJson)),
  'cut-off': row(all, '200, and the connection ends in the middle of the body', changed(cutOff)),
  'wrong-shape': row(['list'], '200, but release_plans is no array', {
    body: { count: 1, release_plans: { id: 'one' } },
  }),
  'count-too-high': listRow('200, but count says one more than came', (plans) => ({
    count: plans.length + 1,
    release_plans: plans,
  })),
  'count-as-text': listRow('200, but count is a text', (plans) => ({
    count: String(plans.length),
    release_plans: plans,
  })),
  'listed-twice': listRow('200, but one plan is in the list twice', (plans) => ({
    count: plans.length + 1,
    release_plans: [...plans, ...plans.slice(0, 1)],
  })),
  'old-replica': listRow('200 with an old copy, in which plans were executed earlier than they had been', (plans) => ({
    count: plans.length,
    release_plans: plans.map((plan) => ({ ...plan, execute_time: Math.max(0, plan.execute_time - 3_600_000) })),
  })),
  'nothing-listed': listRow('200 with an empty list, though every plan is still there', () => ({
    count: 0,
    release_plans: [],
  })),
  pages: listRow('200 in pages: two plans unless limit says otherwise, and count is of all', page),
  'first-page-only': listRow('200 with two plans, whatever limit and offset say, and count is of all', (plans) => ({
    count: plans.length,
    release_plans: plans.slice(0, 2),
  })),
  'bare-array': row(
    ['pipelines'],
    "200 with a bare array, as the documents' example has it against their own table",
    changed(({ body, ...answer }) => ({
      ...answer,
      body: (body as { readonly pipelines?: unknown }).pipelines ?? body,
    })),
  ),

  // IAM, when it is asked for a token.
  'iam-wrong-password': tokenRow(
    ['login'],
    '401, wrong user name or password (a HUAWEI ID and a user with MFA hear the same)',
    iamFault(401, 'The username or password is wrong.', 'Unauthorized'),
  ),
  'iam-forbidden': tokenRow(
    ['login'],
    '403, this user may not log in by API',
    iamFault(403, 'You are not authorized to perform the requested action.', 'Forbidden'),
  ),
  'iam-down': tokenRow(
    ['login'],
    '503, IAM has trouble of its own',
    iamFault(503, 'The server is currently unable to handle the request.', 'Service Unavailable'),
  ),
  'iam-no-token': tokenRow(['login'], '201 without X-Subject-Token', { status: 201, body: { token: {} } }),
} as const satisfies Record<string, Chaos>;

export type ChaosName = keyof typeof chaos;

export const chaosNames = Object.keys(chaos) as readonly ChaosName[];

export const isChaosName = (text: string): text is ChaosName => Object.hasOwn(chaos, text);

/** The row of a name, as any row. */
export const chaosOf = (name: ChaosName): Chaos => chaos[name];
