import type { Auth } from '../core/config.ts';
import { signRequest } from '../core/signature.ts';
import { within } from './cloud-call.ts';
import type { SignIn, SignInEdges } from './sign-in.ts';

/** An access key, permanent or temporary: every request is signed. */
export function signInByKeys(
  { accessKey, secretKey, securityToken }: Extract<Auth, { accessKey: string }>,
  { header, use, edges }: SignInEdges,
): SignIn {
  const keys = async () => {
    const refs = [header(accessKey), header(secretKey), securityToken && header(securityToken)] as const;
    const [access, secret, token] = await Promise.all(refs);
    return { accessKey: access, secretKey: secret, securityToken: token };
  };
  return {
    authenticate: async (request, signal) => {
      const pair = await within(signal, keys());
      use(JSON.stringify(pair));
      const signed = signRequest({ ...request, ...pair, now: edges.now() });
      return { ...request, headers: { ...request.headers, ...signed } };
    },
    renew: () => false,
    advice: securityToken
      ? `Check ${accessKey}, ${secretKey} and ${securityToken}: temporary keys are over after a day at most.`
      : `Check ${accessKey} and ${secretKey}: they must be one pair, and active.`,
    signed: true,
  };
}
