import { z } from 'zod';
import type { MetricsLevel } from '../core/config.ts';
import { consoleUrlFault } from '../core/console-link.ts';
import { namePattern } from '../core/fault.ts';
import { timezoneFault } from '../core/time-words.ts';
import { destination, type Kinds, settingShape } from './destination-schema.ts';
import { durationFault, durationPattern } from './duration.ts';
import { address, destinationNames, language, object, text, wrongType } from './leaf.ts';
import { matchShape, routeShape } from './route-schema.ts';
import { authShapes, sourceShape } from './source-schema.ts';

const metricsLevels = ['off', 'basic', 'detailed'] as const satisfies MetricsLevel[];

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
  notices: destinationNames('Where news about planwatch itself goes. Default: every destination.').exactOptional(),
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

/** Every key that means something somewhere in the file. */
export const configKeys = (kinds: Kinds): ReadonlySet<string> =>
  new Set(
    [configShape(kinds), sourceShape, routeShape, matchShape, ...authShapes, ...Object.values(kinds).map(settingShape)]
      .flatMap((shape) => Object.keys(shape))
      .concat('kind'),
  );
