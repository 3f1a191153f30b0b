import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';
import { isRecord } from '../../lib/core/plan.ts';
import { intrinsic, type Template } from './stack.ts';

const database = loadAwsServiceSpecSync();
const specOf = (type: string) => database.lookup('resource', 'cloudFormationType', 'equals', type)[0];
type Properties = NonNullable<ReturnType<typeof specOf>>['properties'];
type PropertyType = Properties[string]['type'];

/**
 * What AWS would refuse, by its own database: unknown types and properties, values of another kind, what is required and
 * missing, names of nothing.
 */
export const templateFaults = (template: Template): string[] => [...faultsOf(template)];

function* faultsOf(template: Template): Generator<string> {
  for (const [name, resource] of Object.entries(template.Resources)) {
    const spec = specOf(resource.Type);
    if (spec) yield* objectFaults(resource.Properties ?? {}, spec.properties, name);
    else yield `${name}: there is no type ${resource.Type}`;
    for (const other of [resource.DependsOn ?? []].flat()) {
      if (!(other in template.Resources)) yield `${name}: depends on nothing: ${other}`;
    }
    if (resource.Condition !== undefined && !(resource.Condition in (template.Conditions ?? {})))
      yield `${name}: there is no condition ${resource.Condition}`;
    yield* nameFaults(resource.Properties, name, template);
  }
  yield* nameFaults(template.Outputs, 'Outputs', template);
}

function* objectFaults(value: unknown, spec: Properties, at: string): Generator<string> {
  if (!isRecord(value)) return yield `${at}: wants an object`;
  for (const [name, one] of Object.entries(value)) {
    const property = spec[name];
    if (property) yield* valueFaults(one, property.type, `${at}.${name}`);
    else yield `${at}: there is no property ${name}`;
  }
  for (const [name, { required }] of Object.entries(spec)) {
    if (required && value[name] === undefined) yield `${at}: ${name} is missing`;
  }
}

function* valueFaults(value: unknown, type: PropertyType, at: string): Generator<string> {
  const call = intrinsic(value);
  if (call) {
    // What a function gives is known in the stack only; of a choice both branches are.
    const [name, input] = call;
    const branches = name === 'Fn::If' && Array.isArray(input) ? input.slice(1) : [];
    for (const branch of branches) yield* valueFaults(branch, type, at);
    return;
  }
  const text = ['string', 'number', 'boolean'].includes(typeof value) ? String(value) : undefined;
  switch (type.type) {
    case 'array':
      if (!Array.isArray(value)) return yield `${at}: wants a list`;
      for (const [index, one] of value.entries()) yield* valueFaults(one, type.element, `${at}[${index}]`);
      return;
    case 'map':
      if (!isRecord(value)) return yield `${at}: wants a map`;
      for (const [key, one] of Object.entries(value)) yield* valueFaults(one, type.element, `${at}.${key}`);
      return;
    case 'ref':
      yield* objectFaults(value, database.get('typeDefinition', type.reference.$ref).properties, at);
      return;
    case 'string':
      if (text === undefined) yield `${at}: wants text`;
      else if (type.allowedValues && !type.allowedValues.includes(text))
        yield `${at}: "${text}" is none of ${type.allowedValues.join(', ')}`;
      return;
    case 'integer':
    case 'number':
      if (!/^-?\d+(?:\.\d+)?$/.test(text ?? '')) yield `${at}: wants a number`;
      return;
    case 'boolean':
      if (!/^(?:true|false)$/.test(text ?? '')) yield `${at}: wants true or false`;
      return;
  }
}

function* nameFaults(value: unknown, at: string, template: Template): Generator<string> {
  const call = intrinsic(value);
  if (call) {
    for (const path of namesIn(call)) yield* pathFaults(path, at, template);
    const [name, input] = call;
    if (name === 'Fn::If' && Array.isArray(input) && !(input[0] in (template.Conditions ?? {})))
      yield `${at}: there is no condition ${input[0]}`;
  }
  if (typeof value !== 'object' || value === null) return;
  for (const [key, one] of Object.entries(value)) yield* nameFaults(one, `${at}.${key}`, template);
}

/** `State` or `State.Arn`: what a function takes from another resource. */
function namesIn([name, input]: readonly [string, unknown]): string[] {
  if (name === 'Ref') return [String(input)];
  if (name === 'Fn::GetAtt') return [[input].flat().join('.')];
  if (name !== 'Fn::Sub') return [];
  const [text, values = {}] = [input].flat() as [string, object?];
  return Array.from(text.matchAll(/\$\{([^!}]+)\}/g), ([, path = '']) => path).filter((path) => !(path in values));
}

function* pathFaults(path: string, at: string, template: Template): Generator<string> {
  const [name = '', ...rest] = path.split('.');
  if (name.startsWith('AWS::')) return;
  const resource = template.Resources[name];
  if (!resource) return yield `${at}: names nothing: ${name}`;
  const spec = specOf(resource.Type);
  const attribute = rest.join('.');
  if (attribute !== '' && spec && !spec.attributes[attribute] && !spec.properties[attribute])
    yield `${at}: ${resource.Type} has no ${attribute}`;
}
