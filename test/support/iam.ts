import { isRecord } from '../../lib/core/plan.ts';
import { resolved, type Template } from './stack.ts';

export type Statement = {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
};

/** One call as IAM sees it; `context`: condition keys that the request carries. */
export type Call = {
  readonly action: string;
  readonly resource: string;
  readonly context?: Readonly<Record<string, string>>;
};

/** Every statement of a role, its names and ARNs as they are in the stack. */
export function statementsOf(template: Template, role: string): Statement[] {
  const policies = resolved(template, template.Resources[role]?.Properties?.['Policies']);
  if (!Array.isArray(policies)) throw new Error(`${role} has no policies.`);
  return policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement.map(statement));
}

function statement(given: unknown): Statement {
  if (!isRecord(given)) throw new Error('a statement is no object');
  const { Effect, Action, Resource, Condition, Sid: _Sid, ...rest } = given;
  // What is not understood must not be taken for something harmless.
  if (Object.keys(rest).length > 0) throw new Error(`a statement has ${Object.keys(rest).join(', ')}`);
  if (Effect !== 'Allow' && Effect !== 'Deny') throw new Error(`Effect: ${Effect}`);
  const conditions = Object.entries(isRecord(Condition) ? Condition : {}).map(([operator, keys]) => [
    operator,
    Object.fromEntries(Object.entries(keys as object).map(([key, values]) => [key, [values].flat().map(String)])),
  ]);
  return {
    Effect,
    Action: [Action].flat().map(String),
    Resource: [Resource].flat().map(String),
    Condition: Object.fromEntries(conditions),
  };
}

/** `*` any text, `?` any one character. */
const matches = (pattern: string, text: string): boolean =>
  new RegExp(
    `^${pattern
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replace(/\*/g, '[^]*')
      .replace(/\?/g, '[^]')}$`,
  ).test(text);

/** Does this statement speak of this call? */
export const covers = ({ Action, Resource, Condition }: Statement, { action, resource, context = {} }: Call): boolean =>
  // Actions are the same in any case of letters, resources are not.
  Action.some((one) => matches(one.toLowerCase(), action.toLowerCase())) &&
  Resource.some((one) => matches(one, resource)) &&
  Object.entries(Condition).every(([operator, keys]) =>
    Object.entries(keys).every(([key, values]) => holds(operator, values, context[key])),
  );

function holds(operator: string, values: readonly string[], value: string | undefined): boolean {
  switch (operator) {
    case 'Null':
      return values.includes(String(value === undefined));
    case 'StringEquals':
      return value !== undefined && values.includes(value);
    case 'Bool':
      return value !== undefined && values.includes(value);
    default:
      throw new Error(`The condition ${operator} is not known here.`);
  }
}

/** Nothing is allowed but what a statement allows, and a denial wins. */
export const isAllowed = (statements: readonly Statement[], call: Call): boolean =>
  statements.some((one) => one.Effect === 'Allow' && covers(one, call)) &&
  !statements.some((one) => one.Effect === 'Deny' && covers(one, call));
