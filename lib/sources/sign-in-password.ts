import type { Auth, SourceConfig } from '../core/config.ts';
import { createTokenSource } from './iam-token.ts';
import { resolveEndpoint } from './secret-values.ts';
import { type SignIn, type SignInEdges, tokenOf, withToken } from './sign-in.ts';

/** A user of IAM, who is logged in for a token. */
export function signInByPassword(
  { user, domain, password }: Extract<Auth, { password: string }>,
  { config, read, use, redactor, edges }: SignInEdges,
): SignIn {
  const tokens = createTokenSource(
    {
      login: async () => ({
        endpoint: await resolveEndpoint(config.iamEndpoint ?? defaultIam(config), 'iamEndpoint', config, read),
        password: redactor.learn(await read(password)),
      }),
      user,
      domain,
      project: { id: config.projectId },
      redactor,
    },
    edges,
  );
  let token = '';
  return {
    authenticate: async (request, signal) => {
      use(user);
      token = await tokens.token(signal);
      return withToken(request, token);
    },
    // One that is revoked, or that the cloud can no longer read, would be refused until its day is over.
    forget: () => tokens.renew(token),
    renew: (request) => {
      tokens.renew(tokenOf(request));
      return true;
    },
    advice: `Check that the IAM user ${user} still exists and may use project ${config.projectId}.`,
    signed: false,
  };
}

const defaultIam = ({ region }: SourceConfig): string => `https://iam.${region}.myhuaweicloud.com`;
