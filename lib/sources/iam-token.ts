import { isRecord } from '../core/plan.ts';
import { SourceError } from '../core/source-error.ts';
import { type Answer, type CallEdges, createCloudCall, within } from './cloud-call.ts';
import { under } from './endpoint.ts';
import { type Advice, failedAnswer } from './failed-answer.ts';
import { createRefusals } from './refusal.ts';
import type { Redactor } from './vendor-words.ts';

type TokenSource = {
  /** A token that is good for ten more minutes as far as anyone knows. Throws SourceError. */
  token(signal: AbortSignal): Promise<string>;
  /** This token was refused: the next call gets another one. Says nothing about a token that came after it. */
  renew(refused: string): void;
};

type TokenSettings = {
  /** Asked for at each login, not before: a reference that does not resolve fails the look, not the start. */
  readonly login: () => Promise<{ readonly endpoint: URL; readonly password: string }>;
  readonly user: string;
  readonly domain: string;
  readonly project: { readonly id: string } | { readonly name: string };
  readonly redactor: Redactor;
};

const margin = 10 * 60_000;
/** Where the answer does not say how long a token lives (documented: 24 h). */
const assumedLife = 60 * 60_000;
const loginMs = 30_000;

const advice: Advice = {
  credentials:
    'Check user, domain and password. A HUAWEI ID and a user with MFA cannot log in like this (IAM does not keep the password of the one, and asks the other for a code that nobody is here to type): use an IAM user without MFA, or better accessKey and secretKey.',
  forbidden: 'Allow this IAM user programmatic access, and let it into the project.',
  notFound: 'Check domain, projectId and iamEndpoint.',
  signed: false,
};

/**
 * Logs an IAM user in by password, and keeps the token until shortly before it ends. Requests that need one at the
 * same time share a login. https://support.huaweicloud.com/intl/en-us/api-iam/iam_30_0001.html
 */
export function createTokenSource(settings: TokenSettings, edges: CallEdges): TokenSource {
  const { now } = edges;
  const call = createCloudCall(edges);
  let cached: { readonly value: string; readonly until: number } | undefined;
  const refusals = createRefusals(now);
  let inFlight: Promise<string> | undefined;

  async function logIn(): Promise<string> {
    const { endpoint, password } = await settings.login();
    refusals.check(password);
    const url = under(endpoint, ['v3', 'auth', 'tokens']);
    // Without the catalogue the answer is a few kB, not a hundred.
    url.search = '?nocatalog=true';
    const headers = { 'Content-Type': 'application/json;charset=utf8' };
    const body = JSON.stringify(loginBody(settings, password));
    // Its own time limit: whoever asked first must not take the login from the others with them.
    const answer = await call(() => ({ method: 'POST', url, headers, body }), AbortSignal.timeout(loginMs));
    if (answer.status !== 201) {
      const error = inWords(failedAnswer(answer, advice, settings.redactor, now()));
      if (error.kind === 'unauthorised') refusals.note(password, error);
      throw error;
    }
    const value = answer.headers.get('x-subject-token')?.trim();
    if (!value) {
      throw new SourceError('no token: IAM answered 201 without X-Subject-Token', 'Check that iamEndpoint is IAM.', {
        kind: 'nonsense',
        status: 201,
      });
    }
    cached = { value: settings.redactor.learn(value), until: endOf(answer, now()) - margin };
    return value;
  }

  return {
    token: (signal) => {
      if (cached && now().getTime() < cached.until) return Promise.resolve(cached.value);
      inFlight ??= logIn().finally(() => {
        inFlight = undefined;
      });
      return within(signal, inFlight);
    },
    renew: (refused) => {
      if (cached?.value === refused) cached = undefined;
    },
  };
}

/** Without this the reader would look for the fault in ServiceStage. */
const inWords = (error: SourceError): SourceError => new SourceError(`no token: ${error.message}`, error.advice, error);

const loginBody = ({ user, domain, project }: TokenSettings, password: string) => ({
  auth: {
    identity: { methods: ['password'], password: { user: { name: user, password, domain: { name: domain } } } },
    scope: { project },
  },
});

/** ms since 1970 at which the token ends. */
function endOf({ body }: Answer, now: Date): number {
  let expires: unknown;
  try {
    const json: unknown = JSON.parse(new TextDecoder().decode(body));
    expires = isRecord(json) && isRecord(json['token']) ? json['token']['expires_at'] : undefined;
  } catch {
    // The header is what we came for.
  }
  const at = typeof expires === 'string' ? Date.parse(expires) : Number.NaN;
  return Number.isNaN(at) ? now.getTime() + assumedLife : at;
}
