import { z } from 'zod';
import { changeTypes } from '../core/change.ts';
import { howToMention, mentionPattern } from '../core/mention.ts';
import { statusClasses } from '../core/plan.ts';
import { destinationNames, object, oneOrMore, text, wrongType } from './leaf.ts';

const patterns = (what: string, ...examples: readonly string[]) => {
  const how = 'write a pattern (* and ? are wild) or a list of them';
  const description = `${what}; * and ? are wild, and of a list any will do.`;
  return oneOrMore(text({ description, how, examples }), how)
    .meta({ description, examples: [...examples] })
    .exactOptional();
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
  to: destinationNames('Where matching events go.').min(1, {
    error: 'is an empty list: name at least one destination',
  }),
  mention: z
    .array(mention, { error: wrongType('write a list such as [here]') })
    .meta({ description: 'Whom to call when a release fails.', examples: [['here']] })
    .exactOptional(),
};
