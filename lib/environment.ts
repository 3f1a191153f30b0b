import { type Auth, type Config, type DestinationConfig, defaultGiveUpAfterMs } from './core/config.ts';
import { endpointFault, type Fault, isInsecure, projectIdFault, regionFault } from './core/fault.ts';
import { intendedKind, isSecretRef, referenceFault } from './core/reference.ts';

/** A lookup, not a record: AWS has `process.env`, FunctionGraph asks its context. */
export type Env = (name: string) => string | undefined;

/** Every variable that configures, so that a deploy can pass them on. */
export const configVariables = [
  'SERVICESTAGE_REGION',
  'SERVICESTAGE_PROJECT_ID',
  'SERVICESTAGE_ENDPOINT',
  'SERVICESTAGE_TOKEN',
  'HUAWEICLOUD_SDK_AK',
  'HUAWEICLOUD_SDK_SK',
  'HUAWEICLOUD_SDK_SECURITY_TOKEN',
  'SLACK_WEBHOOK_URL',
  'WEBHOOK_URL',
  'WEBHOOK_SECRET',
] as const;

/**
 * A configuration from variables alone: the source `default`, the destinations `slack` and `webhook`. Secrets stay where
 * they are and are only referred to, so the result may be printed. A variable may also say where its secret is kept
 * (`SLACK_WEBHOOK_URL=ssm:/planwatch/slack`): on AWS the environment of a function is no place for the secret itself.
 */
export function configFromEnvironment(env: Env): { readonly config: Config } | { readonly faults: readonly Fault[] } {
  const faults: Fault[] = [];
  // A deploy tool sets a variable that it has no value for to nothing, so empty is the same as not set.
  const read = (name: string): string => env(name)?.trim() ?? '';
  const isSet = (name: string): boolean => read(name) !== '';
  const required = (name: string, what: string, check: (text: string) => string | undefined): string => {
    const value = read(name);
    const message = value === '' ? `is not set: give it ${what}` : check(value);
    if (message !== undefined) faults.push({ path: name, message });
    return value;
  };
  const refer = (name: string): string => {
    const value = read(name);
    if (isSecretRef(value)) return value;
    // Whoever meant a reference would otherwise send its misspelling as the secret.
    if (intendedKind(value) !== undefined) faults.push({ path: name, message: referenceFault(value) ?? '' });
    return `env:${name}`;
  };

  const region = required('SERVICESTAGE_REGION', 'the region to watch, such as ap-southeast-3', regionFault);
  const projectId = required('SERVICESTAGE_PROJECT_ID', "the project's ID, 32 of 0-9 and a-f", projectIdFault);
  const endpoint = read('SERVICESTAGE_ENDPOINT');
  const endpointMessage = endpoint === '' ? undefined : (endpointFault(endpoint) ?? insecureFault(endpoint));
  if (endpointMessage !== undefined) faults.push({ path: 'SERVICESTAGE_ENDPOINT', message: endpointMessage });
  const variables = { isSet, refer, faults };
  const auth = readAuth(variables);
  const destinations = readDestinations(variables);

  if (faults.length > 0) return { faults };
  return {
    config: {
      sources: [
        { name: 'default', region, projectId, edition: 'release-plans', ...(endpoint !== '' && { endpoint }), auth },
      ],
      destinations,
      routes: [],
      notices: Object.keys(destinations),
      giveUpAfterMs: defaultGiveUpAfterMs,
    },
  };
}

const insecureFault = (endpoint: string): string | undefined =>
  isInsecure(endpoint) ? 'is http, which sends credentials in clear: use https (http is for this machine)' : undefined;

type Variables = {
  readonly isSet: (name: string) => boolean;
  /** Where the secret is: what the variable says, or the variable itself. */
  readonly refer: (name: string) => string;
  readonly faults: Fault[];
};

/** A key pair wins over a token, which is good for a day at most. */
function readAuth({ isSet, refer, faults }: Variables): Auth {
  const [ak, sk] = ['HUAWEICLOUD_SDK_AK', 'HUAWEICLOUD_SDK_SK'];
  if (!isSet(ak) && !isSet(sk)) {
    if (!isSet('SERVICESTAGE_TOKEN')) {
      faults.push({ path: ak, message: `is not set: set it and ${sk} to an access key, or SERVICESTAGE_TOKEN` });
    }
    return { token: refer('SERVICESTAGE_TOKEN') };
  }
  if (!isSet(ak)) faults.push({ path: ak, message: `is not set, but ${sk} is: an access key has both` });
  if (!isSet(sk)) faults.push({ path: sk, message: `is not set, but ${ak} is: an access key has both` });
  return {
    accessKey: refer(ak),
    secretKey: refer(sk),
    // A temporary key is refused without it, and the vendor's own SDK reads it under this name.
    ...(isSet('HUAWEICLOUD_SDK_SECURITY_TOKEN') && {
      securityToken: refer('HUAWEICLOUD_SDK_SECURITY_TOKEN'),
    }),
  };
}

function readDestinations({ isSet, refer, faults }: Variables): Record<string, DestinationConfig> {
  const webhook = isSet('WEBHOOK_URL');
  const signed = isSet('WEBHOOK_SECRET');
  if (signed && !webhook) {
    faults.push({ path: 'WEBHOOK_URL', message: 'is not set, but WEBHOOK_SECRET is: set where to send to' });
  } else if (!webhook && !isSet('SLACK_WEBHOOK_URL')) {
    faults.push({
      path: 'SLACK_WEBHOOK_URL',
      message: 'is not set, and neither is WEBHOOK_URL: set one of them, or nobody would hear',
    });
  }
  return {
    ...(isSet('SLACK_WEBHOOK_URL') && { slack: { kind: 'slack', url: refer('SLACK_WEBHOOK_URL') } }),
    ...(webhook && {
      webhook: { kind: 'webhook', url: refer('WEBHOOK_URL'), ...(signed && { secret: refer('WEBHOOK_SECRET') }) },
    }),
  };
}
