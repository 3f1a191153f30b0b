import { z } from 'zod';
import type { ChannelKind, SettingSpec } from '../channels/channel.ts';
import { type DestinationConfig, tellingStyles } from '../core/config.ts';
import { headerFault } from './header-fault.ts';
import {
  address,
  allowInsecure,
  language,
  oneOrMore,
  secret,
  secretExamples,
  secretHow,
  text,
  wrongType,
} from './leaf.ts';

/** The kinds of destination that there are, with the settings of each. */
export type Kinds = Readonly<Record<string, Pick<ChannelKind, 'settings' | 'mentions' | 'styles'>>>;

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

export function destination(kinds: Kinds): z.ZodType<DestinationConfig> {
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
