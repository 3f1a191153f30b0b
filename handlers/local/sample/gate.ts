import { randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import { canonicalRequest, signatureOf, signatureScheme } from '../../../lib/core/signature.ts';
import { fault, iamFault, type SampleAnswer } from './answer.ts';
import type { Received } from './received.ts';

/** Made up at each start: a constant one would sooner or later be taken for a real one. */
export type SampleKeys = {
  readonly projectId: string;
  readonly accessKey: string;
  readonly secretKey: string;
  readonly user: string;
  readonly domain: string;
  readonly password: string;
};

export const createSampleKeys = (projectId: string): SampleKeys => ({
  projectId,
  accessKey: `SAMPLE${randomBytes(7).toString('hex').toUpperCase()}`,
  secretKey: randomBytes(20).toString('hex'),
  user: 'sample-bot',
  domain: 'sample',
  password: randomUUID(),
});

const mostSkew = 15 * 60_000;
const tokenLife = 24 * 3_600_000;

/** Who may come in: signatures and tokens, checked and refused in the documented words. */
export function createGate(keys: SampleKeys, now: () => Date) {
  const tokens = new Map<string, number>();

  return {
    /** undefined: come in. */
    refuse(request: Received): SampleAnswer | undefined {
      const token = request.headers['x-auth-token'];
      if (token === undefined) return refuseSignature(request, keys, now());
      const until = tokens.get(String(token));
      if (until === undefined) return wrong('decrypt token fail');
      if (until <= now().getTime()) return fault(401, 'APIGW.0307', 'The token must be updated.');
      return undefined;
    },
    /** `POST /v3/auth/tokens` */
    login(request: Received): SampleAnswer {
      const asked = loginOf(request.body);
      if (!asked) return iamFault(400, 'Request body is invalid.', 'Bad Request');
      const known = asked.user === keys.user && asked.domain === keys.domain && same(asked.password, keys.password);
      if (!known) return iamFault(401, 'The username or password is wrong.', 'Unauthorized');
      if (asked.project !== keys.projectId) return iamFault(401, 'The project does not exist.', 'Unauthorized');
      // As long as the real ones, which come close to what a default server takes as headers.
      const token = `MII${randomBytes(6_840).toString('base64').replaceAll('/', '-')}`;
      const issued = now();
      const ends = new Date(issued.getTime() + tokenLife);
      tokens.set(token, ends.getTime());
      return {
        status: 201,
        headers: { 'X-Subject-Token': token },
        body: {
          token: {
            methods: ['password'],
            issued_at: microseconds(issued),
            expires_at: microseconds(ends),
            project: { id: keys.projectId, name: 'sample', domain: { id: keys.domain, name: keys.domain } },
            user: { id: keys.user, name: keys.user, domain: { id: keys.domain, name: keys.domain } },
          },
        },
      };
    },
    /** Every token given out so far is refused from now on, as after a change of permissions. */
    expireTokens: (): void => {
      for (const token of tokens.keys()) tokens.set(token, 0);
    },
  };
}

const iamWrong = 'Incorrect IAM authentication information';

const authorization = new RegExp(
  `^${signatureScheme} Access=([^,\\s]+), SignedHeaders=([^,\\s]+), Signature=([0-9a-f]{64})$`,
);

function refuseSignature(request: Received, keys: SampleKeys, now: Date): SampleAnswer | undefined {
  const { headers } = request;
  const header = headers.authorization;
  if (header === undefined) return wrong('neither a token nor a signature came');
  const [, accessKey, names = '', signature = ''] = authorization.exec(header) ?? [];
  if (!accessKey) return wrong('the Authorization header is malformed');
  if (accessKey !== keys.accessKey) return wrong('the AK does not exist');
  const date = String(headers['x-sdk-date'] ?? '');
  const at = Date.parse(date.replace(/^(.{4})(.{2})(.{2}T.{2})(.{2})(.{2}Z)$/, '$1-$2-$3:$4:$5'));
  if (!names.split(';').includes('x-sdk-date') || Number.isNaN(at)) return wrong('X-Sdk-Date is missing or malformed');
  if (Math.abs(now.getTime() - at) > mostSkew) return wrong('the time of the request is more than 15 minutes off');
  if (same(signature, signatureOf(keys.secretKey, date, canonicalOf(request, names)))) return undefined;
  return wrongSignature(request);
}

const canonicalOf = ({ method, url, headers, body }: Received, names: string): string => {
  const signed = Object.fromEntries(names.split(';').map((name) => [name, String(headers[name] ?? '')]));
  return canonicalRequest({ method, url, headers: signed, body });
};

/** As the real one says it: with the whole request as it saw it, `|` for newlines. */
export function wrongSignature(request: Received): SampleAnswer {
  const names = authorization.exec(request.headers.authorization ?? '')?.[2] ?? '';
  const canonical = canonicalOf(request, names).replaceAll('\n', '|');
  return wrong(`verify aksk signature fail, canonical request: ${canonical}`);
}

const wrong = (why: string): SampleAnswer => fault(401, 'APIGW.0301', `${iamWrong}: ${why}`);

const same = (a: string, b: string): boolean => {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
};

/** IAM writes six digits of a second. */
const microseconds = (at: Date): string => at.toISOString().replace('Z', '000Z');

type Login = { readonly user: string; readonly domain: string; readonly password: string; readonly project: string };

function loginOf(body: string): Login | undefined {
  try {
    const { identity, scope } = JSON.parse(body).auth;
    const { name, password, domain } = identity.password.user;
    const login = { user: name, domain: domain.name, password, project: scope.project.id };
    return Object.values(login).every((value) => typeof value === 'string') ? login : undefined;
  } catch {
    return undefined;
  }
}
