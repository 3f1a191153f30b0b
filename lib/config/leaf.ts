import { z } from 'zod';
import { addressFault } from '../core/fault.ts';
import { intendedKind, isSecretRef, referenceFault, referencePattern } from '../core/reference.ts';
import { languages } from '../core/words.ts';

/** What the schema of planwatch.yml is made of: each says how a value is written, to an editor and to whoever wrote another. */

/** Says how to write a value that is not there, is null, or is of another type. */
export const wrongType =
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

/** `how` is what a fault says to write instead. */
export function text({ description, how, examples, pattern, fault }: Leaf) {
  const check = fault ?? ((value: string) => (value.trim() === '' ? `is empty: ${how}` : undefined));
  return z
    .string({ error: wrongType(how) })
    .check((context) => {
      const message = check(context.value);
      if (message !== undefined) context.issues.push({ code: 'custom', message, input: '' });
    })
    .meta({ description, examples: [...examples], ...(pattern ? { pattern: pattern.source } : { minLength: 1 }) });
}

export const secretHow = 'write where the secret is kept, such as env:NAME or ssm:/name';
export const secretExamples = [
  'env:NAME',
  'ssm:/planwatch/name',
  'secretsmanager:planwatch/name#json-key',
  'file:/run/name',
];
/** A reference, and never the secret itself. */
export const secret = (description: string) =>
  text({ description, how: secretHow, examples: secretExamples, pattern: referencePattern, fault: referenceFault });

const addressOrReference = new RegExp(`^https?://|${referencePattern.source}`);
/** An address in clear, or a reference to one. `fault`: what is wrong with one in clear. */
export const address = (description: string, fault: (text: string) => string | undefined = addressFault) =>
  text({
    description,
    how: 'write https://host/path',
    examples: ['https://host.example/path', ...secretExamples],
    pattern: addressOrReference,
    fault: (value) => (isSecretRef(value) ? undefined : intendedKind(value) ? referenceFault(value) : fault(value)),
  });

export const allowInsecure = z.boolean({ error: wrongType('write true or false') }).meta({
  default: false,
  description: 'Allow http, which sends everything in clear, to other machines than this one.',
});

/** One text or several; a list of none would match nothing. */
export function oneOrMore<T extends z.ZodType>(item: T, how: string) {
  return z.union([item, z.array(item).min(1, { error: `is an empty list, which matches nothing: ${how}` })], {
    error: wrongType(how),
  });
}

/** A map with these keys and no others. */
export const object = <T extends z.ZodRawShape>(shape: T, how: string) =>
  z.strictObject(shape, { error: wrongType(how) });

export const destinationNames = (description: string) =>
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

export function language(description: string) {
  return z.enum(languages, { error: wrongType(`write one of ${languages.join(', ')}`) }).meta({ description });
}
