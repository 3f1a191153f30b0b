import { formatPath, type Path } from '../../../lib/config/fault-path.ts';
import type { Config } from '../../../lib/core/config.ts';
import { isRecord } from '../../../lib/core/plan.ts';
import { parseSecretRef, type Reference } from '../../../lib/core/reference.ts';

type Kept = Extract<Reference, { readonly kind: 'ssm' | 'secretsmanager' }>;

type SecretUse = { readonly path: string; readonly reference: Reference; readonly by: 'poll' | 'deliver' };

/** Kept by AWS, where a function may fetch it. */
export const kept = (reference: Reference): reference is Kept =>
  reference.kind === 'ssm' || reference.kind === 'secretsmanager';

/** Every reference of a configuration: what a destination needs is deliver's, the rest is poll's. */
export function secretUses({ destinations, routes: _routes, notices: _notices, ...watched }: Config): SecretUse[] {
  const uses = (by: SecretUse['by'], value: unknown, path: Path) =>
    texts(value, path).flatMap(([where, text]): SecretUse[] => {
      const reference = parseSecretRef(text);
      return reference ? [{ path: formatPath(where), reference, by }] : [];
    });
  return [...uses('poll', watched, []), ...uses('deliver', destinations, ['destinations'])];
}

function texts(value: unknown, path: Path): (readonly [Path, string])[] {
  if (typeof value === 'string') return [[path, value]];
  if (Array.isArray(value)) return value.flatMap((one, index) => texts(one, [...path, index]));
  return isRecord(value) ? Object.entries(value).flatMap(([key, one]) => texts(one, [...path, key])) : [];
}

type SecretFault = {
  readonly path: string;
  /** The variable that holds it, for `env:`. */
  readonly variable?: string;
  readonly message: string;
};

/**
 * What a function on AWS cannot have, or not without showing it: its environment is in the template, in the console and in
 * the answer of lambda:GetFunctionConfiguration, and it has no files but its own.
 */
export function secretFaults(config: Config): SecretFault[] {
  return secretUses(config).flatMap(({ path, reference }): SecretFault[] => {
    if (reference.kind === 'env') {
      const message = `on AWS ${reference.name} would hold the secret in clear, for everybody who may look at the function: ${cure}`;
      return [{ path, variable: reference.name, message }];
    }
    if (reference.kind === 'file') return [{ path, message: `on AWS there is no file ${reference.path}: ${cure}` }];
    return [];
  });
}

const cure =
  'keep the value in AWS (aws ssm put-parameter --type SecureString --name /planwatch/NAME --value …) and write ssm:/planwatch/NAME here, or secretsmanager:id#json-key';

/** An inline policy of a role, or CloudFormation's word for nothing, since it refuses a list of no resources. */
export type SecretsPolicy =
  | { readonly PolicyName: 'secrets'; readonly PolicyDocument: object }
  | { readonly Ref: 'AWS::NoValue' };

/** May read exactly these; `kmsKey`: the ARN of the customer's own key that they are encrypted with, or empty. */
export function secretsPolicy(references: readonly Kept[], kmsKey: string): SecretsPolicy {
  const allow = (kind: Kept['kind'], action: string) => {
    const arns = references.filter((one) => one.kind === kind).map(arnOf);
    const Resource = [...new Set(arns)].sort().map((arn) => ({ 'Fn::Sub': arn }));
    return Resource.length === 0 ? [] : [{ Effect: 'Allow', Action: action, Resource }];
  };
  const statements = [...allow('ssm', 'ssm:GetParameter'), ...allow('secretsmanager', 'secretsmanager:GetSecretValue')];
  if (statements.length === 0) return { Ref: 'AWS::NoValue' };
  const services = [...new Set(references.map(({ kind }) => kind))].sort();
  const decrypt = {
    Effect: 'Allow',
    Action: 'kms:Decrypt',
    Resource: kmsKey,
    // On behalf of the two services alone, not for whatever else the key protects.
    Condition: {
      StringEquals: {
        'kms:ViaService': services.map((name) => ({ 'Fn::Sub': `${name}.\${AWS::Region}.\${AWS::URLSuffix}` })),
      },
    },
  };
  const Statement = kmsKey === '' ? statements : [...statements, decrypt];
  return { PolicyName: 'secrets', PolicyDocument: { Version: '2012-10-17', Statement } };
}

/** For Fn::Sub. */
function arnOf(reference: Kept): string {
  // The name begins with a slash, and is no more than one more part of the path.
  if (reference.kind === 'ssm') return ours('ssm', `parameter${reference.name}`);
  const { id } = reference;
  // Secrets Manager puts a hyphen and six characters of its own behind a name, which nobody can know beforehand.
  if (!id.startsWith('arn:')) return ours('secretsmanager', `secret:${id}-??????`);
  return /-[A-Za-z0-9]{6}$/.test(id) ? id : `${id}-??????`;
}

const ours = (service: string, thing: string): string =>
  `arn:\${AWS::Partition}:${service}:\${AWS::Region}:\${AWS::AccountId}:${thing}`;
