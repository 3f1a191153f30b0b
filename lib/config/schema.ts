import { z } from 'zod';
import type { ChannelKind, SettingSpec } from '../channels/channel.ts';
import { changeTypes } from '../core/change.ts';
import { type DestinationConfig, type Edition, type MetricsLevel, tellingStyles } from '../core/config.ts';
import { consoleUrlFault } from '../core/console-link.ts';
import {
  addressFault,
  endpointFault,
  nameFault,
  namePattern,
  projectIdFault,
  projectIdPattern,
  regionFault,
  regionPattern,
} from '../core/fault.ts';
import { howToMention, mentionPattern } from '../core/mention.ts';
import type { StatusClass } from '../core/plan.ts';
import { intendedKind, isSecretRef, referenceFault, referencePattern } from '../core/reference.ts';
import { timezoneFault } from '../core/time-words.ts';
import { languages } from '../core/words.ts';
import { durationFault, durationPattern } from './duration.ts';
import { headerFault } from './header-fault.ts';

/** The kinds of destination that there are, with the settings of each. */
export type Kinds = Readonly<Record<string, Pick<ChannelKind, 'settings' | 'mentions' | 'styles'>>>;

const statusClasses = ['good', 'bad', 'recovered', 'stopped', 'waiting', 'moving'] as const satisfies StatusClass[];
const editions = ['release-plans', 'pipelines'] as const satisfies Edition[];

const metricsLevels = ['off', 'basic', 'detailed'] as const satisfies MetricsLevel[];

/** Says how to write a value that is not there, is null, or is of another type. */
const wrongType =
  (how: string) =>
  ({ input }: { readonly input?: unknown }): string =>
    input === undefined ? `is missing: ${how}` : input === null ? `has no value: ${how}` : `is not understood: ${how}`;

type Leaf = {
  readonly description: string;
  readonly how: string;
  /** What an editor offers. */
  readonly examples: readonly string[];
  readonly pattern?: RegExp;
  /** Words without the value; `pattern` is for editors, this decides. */
  readonly fault?: (text: string) => string | undefined;
};

function text({ description, how, examples, pattern, fault }: Leaf) {
  const check = fault ?? ((value: string) => (value.trim() === '' ? `is empty: ${how}` : undefined));
  return z
    .string({ error: wrongType(how) })
    .check((context) => {
      const message = check(context.value);
      if (message !== undefined) context.issues.push({ code: 'custom', message, input: '' });
    })
    .meta({ description, examples: [...examples], ...(pattern ? { pattern: pattern.source } : { minLength: 1 }) });
}

const secretHow = 'write where the secret is kept, such as env:NAME or ssm:/name';
const secretExamples = ['env:NAME', 'ssm:/planwatch/name', 'secretsmanager:planwatch/name#json-key', 'file:/run/name'];
const secret = (description: string) =>
  text({ description, how: secretHow, examples: secretExamples, pattern: referencePattern, fault: referenceFault });

const addressOrReference = new RegExp(`^https?://|${referencePattern.source}`);
const address = (description: string, fault: (text: string) => string | undefined = addressFault) =>
  text({
    description,
    how: 'write https://host/path',
    examples: ['https://host.example/path', ...secretExamples],
    pattern: addressOrReference,
    fault: (value) => (isSecretRef(value) ? undefined : intendedKind(value) ? referenceFault(value) : fault(value)),
  });

const allowInsecure = z.boolean({ error: wrongType('write true or false') }).meta({
  default: false,
  description: 'Allow http, which sends everything in clear, to other machines than this one.',
});

/** One text or several; a list of none would match nothing. */
function oneOrMore<T extends z.ZodType>(item: T, how: string) {
  return z.union([item, z.array(item).min(1, { error: `is an empty list, which matches nothing: ${how}` })], {
    error: wrongType(how),
  });
}

const patterns = (what: string, ...examples: readonly string[]) => {
  const how = 'write a pattern (* and ? are wild) or a list of them';
  const description = `${what}; * and ? are wild, and of a list any will do.`;
  return oneOrMore(text({ description, how, examples }), how)
    .meta({ description, examples: [...examples] })
    .exactOptional();
};

const object = <T extends z.ZodRawShape>(shape: T, how: string) => z.strictObject(shape, { error: wrongType(how) });

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

export const matchShape = {
  type: patterns('What happened: plan.appeared, plan.status, plan.rerun or plan.removed', ...changeTypes),
  class: oneOrMore(
    z.enum(statusClasses, { error: wrongType(`write one of ${statusClasses.join(', ')}`) }),
    `write one of ${statusClasses.join(', ')}, or a list of them`,
  )
    .meta({ description: 'What its status means; of a list any will do.', examples: ['bad', ['good', 'recovered']] })
    .exactOptional(),
  status: patterns('Status as the cloud spells it', 'PARTIALLY_FAILED', 'ROLLBACK_*'),
  from: patterns('Status before, for plan.status', 'CREATED'),
  source: patterns('Name of the source', 'shop-prod', 'shop-*'),
  action: patterns('create, upgrade or clone', 'create', 'upgrade', 'clone'),
  name: patterns('Name of the release plan', 'checkout-*'),
  creator: patterns('Who created the plan', 'release-bot'),
};

const names = (description: string) =>
  z
    .array(
      text({
        description: 'Name of a destination.',
        how: 'write the name of a destination',
        examples: ['releases', 'oncall'],
      }),
      { error: wrongType('write a list of destination names') },
    )
    .meta({ description, examples: [['releases', 'oncall']] });

const mention = text({
  description: 'here, all, user:ID or group:ID.',
  how: howToMention,
  examples: ['here', 'all', 'user:U012AB3CD', 'group:S012AB3CD'],
  pattern: mentionPattern,
  fault: (value) => (mentionPattern.test(value) ? undefined : `is nobody that can be called: ${howToMention}`),
});

export const routeShape = {
  match: object(matchShape, 'write { class: [bad] } or the like')
    .meta({
      description: 'Every condition must hold; without conditions everything matches.',
      examples: [{ class: 'bad', source: 'shop-*' }],
    })
    .exactOptional(),
  to: names('Where matching events go.').min(1, { error: 'is an empty list: name at least one destination' }),
  mention: z
    .array(mention, { error: wrongType('write a list such as [here]') })
    .meta({ description: 'Whom to call when a release fails.', examples: [['here']] })
    .exactOptional(),
};

export const configShape = (kinds: Kinds) => ({
  sources: z
    .array(object(sourceShape, 'write a map with name, region, projectId and auth'), {
      error: wrongType('write a list of what to watch'),
    })
    .min(1, { error: 'is an empty list: write what to watch' })
    .meta({
      description: 'What is watched: one list of release plans each.',
      examples: [
        [
          {
            name: 'shop-prod',
            region: 'ap-southeast-3',
            projectId: '0123456789abcdef0123456789abcdef',
            auth: { accessKey: 'env:HUAWEICLOUD_SDK_AK', secretKey: 'env:HUAWEICLOUD_SDK_SK' },
          },
        ],
      ],
    }),
  destinations: z
    .record(z.string(), destination(kinds), { error: wrongType('write a map of name: { kind, … }') })
    .meta({
      description: 'Where people hear: a name, its kind, and the settings of that kind.',
      examples: [{ releases: { kind: 'slack', url: 'env:SLACK_WEBHOOK_URL' } }],
      minProperties: 1,
      propertyNames: { pattern: namePattern.source },
    }),
  routes: z
    .array(object(routeShape, 'write { match: …, to: […] }'), { error: wrongType('write a list, or leave it out') })
    .meta({
      description: 'Which events go where; every route that matches counts. None: everything everywhere.',
      default: [],
      examples: [[{ match: { class: 'bad' }, to: ['oncall'], mention: ['here'] }]],
    })
    .exactOptional(),
  notices: names('Where news about planwatch itself goes. Default: every destination.').exactOptional(),
  giveUpAfter: text({
    description: 'How long a message is tried before it is a dead letter: minutes, hours or days, at most 12d.',
    how: 'write such as 72h',
    examples: ['72h', '90m', '12d'],
    pattern: durationPattern,
    fault: durationFault,
  })
    .meta({ default: '72h' })
    .exactOptional(),
  language: language('Language of the messages; a destination may have its own.')
    .meta({ default: 'en' })
    .exactOptional(),
  timezone: text({
    description: 'Time zone of the times in messages.',
    how: 'write the name of a time zone, such as Asia/Shanghai',
    examples: ['Asia/Shanghai', 'Europe/Berlin'],
    fault: timezoneFault,
  })
    .meta({ default: 'UTC' })
    .exactOptional(),
  consoleUrl: text({
    description: "Where a message's link leads; {region}, {projectId}, {planId} and {source} are filled in.",
    how: 'write https://host/path?region={region}',
    examples: ['https://console.huaweicloud.com/servicestage/?region={region}'],
    pattern: /^https:\/\//,
    fault: consoleUrlFault,
  }).exactOptional(),
  heartbeat: address(
    'Address of a dead-man service, asked for after every poll in which all sources were good; a reference where it is a secret.',
  ).exactOptional(),
  metrics: z
    .enum(metricsLevels, { error: wrongType('write off, basic or detailed') })
    .meta({
      description: 'What the functions on AWS measure of themselves: off, basic or detailed.',
      default: 'basic',
    })
    .exactOptional(),
});

export const configSchema = (kinds: Kinds) => object(configShape(kinds), 'write a map with sources and destinations');

function language(description: string) {
  return z.enum(languages, { error: wrongType(`write one of ${languages.join(', ')}`) }).meta({ description });
}

/** Every key that means something somewhere in the file. */
export const configKeys = (kinds: Kinds): ReadonlySet<string> =>
  new Set(
    [configShape(kinds), sourceShape, routeShape, matchShape, ...authShapes, ...Object.values(kinds).map(settingShape)]
      .flatMap((shape) => Object.keys(shape))
      .concat('kind'),
  );

/** A kind's own settings, and those that every destination has. */
export const settingShape = ({ settings, styles = [] }: Pick<Kinds[string], 'settings' | 'styles'>) => ({
  ...Object.fromEntries(Object.entries(settings).map(([name, spec]) => [name, setting(spec)])),
  language: language('Language of the messages here.').exactOptional(),
  style: style(styles).exactOptional(),
  allowInsecure: allowInsecure.exactOptional(),
});

/** Editors offer what the kind can; what it cannot is told with the kinds that can (`styleFault`). */
const style = (styles: readonly string[]) =>
  z.enum(tellingStyles, { error: wrongType(`write one of ${tellingStyles.join(', ')}`) }).meta({
    description:
      'How a plan is told: a post for each change, one message that is edited (living), or a post with the rest in its thread.',
    default: 'each',
    enum: ['each', ...styles],
  });

function destination(kinds: Kinds): z.ZodType<DestinationConfig> {
  const options = Object.entries(kinds).map(([kind, spec]) =>
    z.strictObject(
      { kind: z.literal(kind).meta({ description: 'What it is.' }), ...settingShape(spec) },
      { error: wrongType('write { kind, … }') },
    ),
  );
  const [first, ...rest] = options;
  if (!first) throw new TypeError('there are no kinds of destination');
  return z.discriminatedUnion('kind', [first, ...rest], { error: wrongType('write { kind: slack, url: … }') });
}

function setting(spec: SettingSpec): z.ZodType {
  const leaf = leafOf(spec);
  return spec.required ? leaf : leaf.exactOptional();
}

function leafOf(spec: SettingSpec): z.ZodType {
  const { description } = spec;
  switch (spec.type) {
    case 'secret':
    case 'secret-address':
      return secret(description);
    case 'secrets':
      return oneOrMore(secret(description), `${secretHow}, or a list of them`).meta({
        description,
        examples: [...secretExamples, ['env:OLD_KEY', 'env:NEW_KEY']],
      });
    case 'address':
      return address(description);
    case 'text':
      return text({ description, how: 'write text', examples: [] });
    case 'choice':
      return z
        .enum(spec.choices, { error: wrongType(`write one of ${spec.choices.join(', ')}`) })
        .meta({ description });
    case 'headers':
      return headers(description);
    case 'source':
      return text({ description, how: 'write the name of a source', examples: [] });
  }
}

function headers(description: string) {
  const how = 'write a map of header: text, or where its value is kept';
  return z
    .record(
      z.string(),
      text({ description: 'Text, or a reference.', how: 'write text, or where the value is kept', examples: [] }),
      {
        error: wrongType(how),
      },
    )
    .check((context) => {
      for (const [name, value] of Object.entries(context.value)) {
        const message = headerFault(name, value);
        if (message !== undefined) context.issues.push({ code: 'custom', message, path: [name], input: '' });
      }
    })
    .meta({ description, examples: [{ 'X-Team': 'shop', Authorization: 'env:RECEIVER_TOKEN' }] });
}
