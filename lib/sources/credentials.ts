import type { Auth, SourceConfig } from '../core/config.ts';
import { isSecretRef } from '../core/reference.ts';
import { signRequest } from '../core/signature.ts';
import { SourceError } from '../core/source-error.ts';
import { type CallEdges, type CloudRequest, within } from './cloud-call.ts';
import { endpointUrl } from './endpoint.ts';
import { createTokenSource } from './iam-token.ts';
import { createRefusals } from './refusal.ts';
import type { Redactor } from './vendor-words.ts';

export type SecretReader = (ref: string) => Promise<string>;

export type Credentials = {
  /** The request with what proves who asks. Throws SourceError. */
  authenticate(request: CloudRequest, signal: AbortSignal): Promise<CloudRequest>;
  /**
   * What authenticated last was refused with this: until it is another, or some minutes have passed, `authenticate` throws
   * it instead of trying again.
   */
  refused(error: SourceError): void;
  /** The request's token was refused. true: the next one will carry another. */
  renew(refused: CloudRequest): boolean;
  /** What to look at when the cloud says no. */
  readonly advice: string;
  readonly signed: boolean;
};

const misconfigured = { kind: 'misconfigured' } as const;
const tokenHeader = 'X-Auth-Token';

/** By whichever way `config.auth` names. `read` is asked at each request; what it gives is learned by `redactor`. */
export function createCredentials(
  config: SourceConfig,
  read: SecretReader,
  redactor: Redactor,
  edges: CallEdges,
): Credentials {
  const { auth } = config;
  const header = async (ref: string) => redactor.learn(asHeader(ref, await read(ref)));
  const refusals = createRefusals(edges.now);
  let last = '';
  const use = (credential: string): void => {
    refusals.check(credential);
    last = credential;
  };
  const refused = (error: SourceError) => refusals.note(last, error);
  if ('accessKey' in auth) return { ...byKeys(auth, header, use, edges.now), refused };
  if ('token' in auth) {
    return {
      authenticate: async (request, signal) => {
        const token = await within(signal, header(auth.token));
        use(token);
        return withToken(request, token);
      },
      refused,
      renew: () => false,
      advice: `The token in ${auth.token} is wrong or over (they last a day): put a new one there, or use accessKey and secretKey.`,
      signed: false,
    };
  }
  const tokens = createTokenSource(
    {
      login: async () => ({
        endpoint: await resolveEndpoint(config.iamEndpoint ?? defaultIam(config), 'iamEndpoint', config, read),
        password: redactor.learn(await read(auth.password)),
      }),
      user: auth.user,
      domain: auth.domain,
      project: { id: config.projectId },
      redactor,
    },
    edges,
  );
  return {
    authenticate: async (request, signal) => {
      const token = await tokens.token(signal);
      use(token);
      return withToken(request, token);
    },
    refused,
    renew: (request) => {
      tokens.renew(request.headers[tokenHeader] ?? '');
      return true;
    },
    advice: `Check that the IAM user ${auth.user} still exists and may use project ${config.projectId}.`,
    signed: false,
  };
}

function byKeys(
  auth: Extract<Auth, { accessKey: string }>,
  header: (ref: string) => Promise<string>,
  use: (credential: string) => void,
  now: () => Date,
): Omit<Credentials, 'refused'> {
  const { accessKey, secretKey, securityToken } = auth;
  const keys = async () => {
    const refs = [header(accessKey), header(secretKey), securityToken && header(securityToken)] as const;
    const [access, secret, token] = await Promise.all(refs);
    return { accessKey: access, secretKey: secret, securityToken: token };
  };
  return {
    authenticate: async (request, signal) => {
      const pair = await within(signal, keys());
      use(JSON.stringify(pair));
      const signed = signRequest({ ...request, ...pair, now: now() });
      return { ...request, headers: { ...request.headers, ...signed } };
    },
    renew: () => false,
    advice: securityToken
      ? `Check ${accessKey}, ${secretKey} and ${securityToken}: temporary keys are over after a day at most.`
      : `Check ${accessKey} and ${secretKey}: they must be one pair, and active.`,
    signed: true,
  };
}

/** An address from the configuration, or from where it points to. */
export async function resolveEndpoint(
  address: string,
  setting: string,
  { allowInsecure = false }: Pick<SourceConfig, 'allowInsecure'>,
  read: SecretReader,
): Promise<URL> {
  if (!isSecretRef(address)) return endpointUrl(address, setting, allowInsecure);
  return endpointUrl(await read(address), `${setting} (${address})`, allowInsecure);
}

/** Names the reference that failed, whatever the reader's own error says. */
export const createSecretReader =
  (secret: SecretReader): SecretReader =>
  async (ref) => {
    let value: string;
    try {
      value = await secret(ref);
    } catch (error) {
      const words = String((error as Error)?.message ?? error).replace(/\.$/, '');
      throw new SourceError(
        words.includes(ref) ? words : `${ref}: ${words}`,
        `Check that ${ref} is there, and that planwatch may read it.`,
        (error as { transient?: boolean } | null)?.transient ? { ...misconfigured, failure: 'other' } : misconfigured,
      );
    }
    if (value.trim() === '') throw new SourceError(`${ref} is empty`, `Put the value into ${ref}.`, misconfigured);
    return value;
  };

/** fetch would refuse such a value too, and print it in its error. */
function asHeader(ref: string, value: string): string {
  const trimmed = value.trim();
  if (/^[\x21-\x7e]+$/.test(trimmed)) return trimmed;
  throw new SourceError(
    `${ref} holds characters that no key and no token has`,
    `Put the bare value into ${ref}: no spaces, no line breaks.`,
    misconfigured,
  );
}

const withToken = (request: CloudRequest, token: string): CloudRequest => ({
  ...request,
  headers: { ...request.headers, [tokenHeader]: token },
});

const defaultIam = ({ region }: SourceConfig): string => `https://iam.${region}.myhuaweicloud.com`;
