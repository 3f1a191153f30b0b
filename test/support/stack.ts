import { isRecord } from '../../lib/core/plan.ts';

export type Template = {
  readonly Resources: Readonly<Record<string, TemplateResource>>;
  readonly Conditions?: Readonly<Record<string, unknown>>;
  readonly Mappings?: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, string>>>>>>;
  readonly Outputs?: Readonly<Record<string, { readonly Value: unknown; readonly Condition?: string }>>;
};

type TemplateResource = {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly Condition?: string;
  readonly DependsOn?: string | readonly string[];
  readonly DeletionPolicy?: string;
};

/** `{ "Fn::If": […] }` and the like. */
export const intrinsic = (value: unknown): readonly [name: string, input: unknown] | undefined => {
  if (!isRecord(value)) return undefined;
  const [entry, ...rest] = Object.entries(value);
  return entry && rest.length === 0 && /^(?:Ref|Fn::\w+)$/.test(entry[0]) ? entry : undefined;
};

const account = '111122223333';
const region = 'eu-west-1';
const pseudo: Readonly<Record<string, string>> = {
  'AWS::AccountId': account,
  'AWS::Region': region,
  'AWS::Partition': 'aws',
  'AWS::URLSuffix': 'amazonaws.com',
  'AWS::StackName': 'stack',
};

/** An ARN in the account and region that stacks have here. */
export const here = (service: string, thing: string): string => `arn:aws:${service}:${region}:${account}:${thing}`;

/** CloudFormation's word for "leave this out". */
const nothing = Symbol('AWS::NoValue');

/** A value as the stack would have it: conditions decided, names and ARNs made up from the logical ones. */
export function resolved(template: Template, value: unknown): unknown {
  const resolve = (one: unknown): unknown => {
    if (Array.isArray(one)) return one.map(resolve).filter((item) => item !== nothing);
    const call = intrinsic(one);
    if (call) return resolveCall(template, call, resolve);
    if (!isRecord(one)) return one;
    return Object.fromEntries(
      Object.entries(one).flatMap(([key, item]) => {
        const result = resolve(item);
        return result === nothing ? [] : [[key, result]];
      }),
    );
  };
  return resolve(value);
}

function resolveCall(
  template: Template,
  [name, input]: readonly [string, unknown],
  resolve: (value: unknown) => unknown,
): unknown {
  const list = [input].flat();
  switch (name) {
    case 'Ref':
      return input === 'AWS::NoValue' ? nothing : (pseudo[String(input)] ?? physicalName(template, String(input)));
    case 'Fn::GetAtt':
      return attributeOf(template, list.join('.'));
    case 'Fn::If':
      return resolve(resolve(template.Conditions?.[String(list[0])]) === true ? list[1] : list[2]);
    case 'Fn::Equals':
      return resolve(list[0]) === resolve(list[1]);
    case 'Fn::Not':
      return resolve(list[0]) !== true;
    case 'Fn::Join':
      return (resolve(list[1]) as unknown[]).join(String(list[0]));
    case 'Fn::FindInMap': {
      const [map = '', first = '', second = ''] = list.map((part) => String(resolve(part)));
      return template.Mappings?.[map]?.[first]?.[second];
    }
    case 'Fn::Sub': {
      const values = isRecord(list[1]) ? list[1] : {};
      return String(list[0]).replace(/\$\{([^!}]+)\}/g, (_, path: string) =>
        String(path in values ? resolve(values[path]) : (pseudo[path] ?? attributeOf(template, path))),
      );
    }
    default:
      throw new Error(`${name} is not known here`);
  }
}

const present = (template: Template, name: string): TemplateResource => {
  const resource = template.Resources[name];
  if (!resource) throw new Error(`There is no resource ${name}.`);
  if (resource.Condition !== undefined && resolved(template, template.Conditions?.[resource.Condition]) !== true)
    throw new Error(`${name} is named, and is not made here.`);
  return resource;
};

function physicalName(template: Template, name: string): string {
  const { Type, Properties = {} } = present(template, name);
  if (Type === 'AWS::Lambda::Function') return String(Properties['FunctionName']);
  if (Type === 'AWS::SNS::Topic') return here('sns', name);
  return name.toLowerCase();
}

function attributeOf(template: Template, path: string): string {
  const [name = '', attribute] = path.split('.');
  const physical = physicalName(template, name);
  if (attribute !== 'Arn') return physical;
  const service = { 'AWS::SQS::Queue': 'sqs', 'AWS::Lambda::Function': 'lambda', 'AWS::IAM::Role': 'iam' }[
    present(template, name).Type
  ];
  return service === undefined ? `arn:aws:s3:::${physical}` : here(service, physical);
}
