import { type Auth, type Config, type DestinationConfig, defaultGiveUpAfterMs } from './core/config.ts';
import { endpointFault, type Fault, isInsecure, projectIdFault, regionFault } from './core/fault.ts';

/** A lookup, not a record: AWS has `process.env`, FunctionGraph asks its context. */
export type Env = (name: string) => string | undefined;

/**
 * A configuration from variables alone: the source `default`, the destinations `slack` and `webhook`. Secrets stay where
 * they are and are only referred to, so the result may be printed.
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

  const region = required('SERVICESTAGE_REGION', 'the region to watch, such as ap-southeast-3', regionFault);
  const projectId = required('SERVICESTAGE_PROJECT_ID', "the project's ID, 32 of 0-9 and a-f", projectIdFault);
  const endpoint = read('SERVICESTAGE_ENDPOINT');
  const endpointMessage = endpoint === '' ? undefined : (endpointFault(endpoint) ?? insecureFault(endpoint));
  if (endpointMessage !== undefined) faults.push({ path: 'SERVICESTAGE_ENDPOINT', message: endpointMessage });
  const auth = readAuth(isSet, faults);
  const destinations = readDestinations(isSet, faults);

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

/** A key pair wins over a token, which is good for a day at most. */
function readAuth(isSet: (name: string) => boolean, faults: Fault[]): Auth {
  const [ak, sk] = ['HUAWEICLOUD_SDK_AK', 'HUAWEICLOUD_SDK_SK'];
  if (!isSet(ak) && !isSet(sk)) {
    if (!isSet('SERVICESTAGE_TOKEN')) {
      faults.push({ path: ak, message: `is not set: set it and ${sk} to an access key, or SERVICESTAGE_TOKEN` });
    }
    return { token: 'env:SERVICESTAGE_TOKEN' };
  }
  if (!isSet(ak)) faults.push({ path: ak, message: `is not set, but ${sk} is: an access key has both` });
  if (!isSet(sk)) faults.push({ path: sk, message: `is not set, but ${ak} is: an access key has both` });
  return {
    accessKey: `env:${ak}`,
    secretKey: `env:${sk}`,
    // A temporary key is refused without it, and the vendor's own SDK reads it under this name.
    ...(isSet('HUAWEICLOUD_SDK_SECURITY_TOKEN') && { securityToken: 'env:HUAWEICLOUD_SDK_SECURITY_TOKEN' }),
  };
}

function readDestinations(isSet: (name: string) => boolean, faults: Fault[]): Record<string, DestinationConfig> {
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
    ...(isSet('SLACK_WEBHOOK_URL') && { slack: { kind: 'slack', url: 'env:SLACK_WEBHOOK_URL' } }),
    ...(webhook && {
      webhook: { kind: 'webhook', url: 'env:WEBHOOK_URL', ...(signed && { secret: 'env:WEBHOOK_SECRET' }) },
    }),
  };
}
