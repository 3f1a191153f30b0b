import { z } from 'zod';
import type { Edition } from '../core/config.ts';
import {
  endpointFault,
  nameFault,
  namePattern,
  projectIdFault,
  projectIdPattern,
  regionFault,
  regionPattern,
} from '../core/fault.ts';
import { address, allowInsecure, object, secret, text, wrongType } from './leaf.ts';

const editions = ['release-plans', 'pipelines'] as const satisfies Edition[];

export const authHow = 'write { accessKey, secretKey }, { token } or { user, domain, password }';
export const authShapes = [
  {
    accessKey: secret('Access key ID (AK).'),
    secretKey: secret('Secret access key (SK).'),
    securityToken: secret('Security token, with a temporary access key.').exactOptional(),
  },
  { token: secret('IAM token, good for a day at most.') },
  {
    user: text({ description: 'IAM user name.', how: "write the IAM user's name", examples: ['release-bot'] }),
    domain: text({
      description: 'Account name the user belongs to.',
      how: "write the account's name",
      examples: ['acme'],
    }),
    password: secret("The user's password."),
  },
] as const;
const [keyPair, token, login] = authShapes;

export const sourceShape = {
  name: text({
    description: 'Names the state: another name starts anew.',
    how: 'write a name of a-z, 0-9 and -',
    examples: ['shop-prod'],
    pattern: namePattern,
    fault: nameFault,
  }),
  region: text({
    description: 'Region ID, such as ap-southeast-3.',
    how: 'write the region ID, such as ap-southeast-3',
    examples: ['ap-southeast-3', 'cn-north-4'],
    pattern: regionPattern,
    fault: regionFault,
  }),
  projectId: text({
    description: 'Project ID in that region: 32 of 0-9 and a-f.',
    how: 'write the project ID of the region, 32 of 0-9 and a-f',
    examples: ['0123456789abcdef0123456789abcdef'],
    pattern: projectIdPattern,
    fault: projectIdFault,
  }),
  edition: z
    .enum(editions, {
      error: wrongType('write release-plans (the old release management) or pipelines (the new one)'),
    })
    .default('release-plans')
    .meta({
      description:
        'Which release management: the old one (release-plans) or the new one (pipelines); neither shows the plans of the other.',
    }),
  endpoint: address('ServiceStage address of a partner cloud.', endpointFault).exactOptional(),
  iamEndpoint: address('IAM address of a partner cloud.', endpointFault).exactOptional(),
  allowInsecure: allowInsecure.exactOptional(),
  auth: z
    .union([object(keyPair, authHow), object(token, authHow), object(login, authHow)], { error: wrongType(authHow) })
    .meta({
      description: 'How to sign in: an access key, a token, or a user with a password.',
      examples: [{ accessKey: 'env:HUAWEICLOUD_SDK_AK', secretKey: 'env:HUAWEICLOUD_SDK_SK' }],
    }),
};
