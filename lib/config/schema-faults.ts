import type { z } from 'zod';
import { isRecord } from '../core/plan.ts';
import { closest } from './closest.ts';
import { type Kinds, settingShape } from './destination-schema.ts';
import { type Finding, type Path, unknown } from './fault-path.ts';
import { matchShape, routeShape } from './route-schema.ts';
import { configShape } from './schema.ts';
import { authHow, authShapes, sourceShape } from './source-schema.ts';

type Issue = z.core.$ZodIssue;

/** The schema's complaints as findings, one for each thing to mend. */
export function schemaFindings(issues: readonly Issue[], root: unknown, kinds: Kinds, base: Path = []): Finding[] {
  return issues.flatMap((issue): Finding[] => {
    const path: Path = [...base, ...issue.path.filter((step) => typeof step !== 'symbol')];
    if (issue.code !== 'invalid_type' && isUndecidedAuth(path, root)) {
      return [{ path, message: `is not one way to sign in: ${authHow}` }];
    }
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({
        path: [...path, key],
        message: unknown(key, 'a setting here', knownKeys(path, root, kinds)),
        at: 'key',
      }));
    }
    if (issue.code !== 'invalid_union') return [{ path, message: withGuess(issue.message, [issue], path, root) }];
    if ('discriminator' in issue) return [kindFinding(path, valueAt(root, path), kinds)];
    const meant = nearest(issue.errors);
    if (meant) return schemaFindings(meant, root, kinds, path);
    return [{ path, message: withGuess(issue.message, issue.errors.flat(), path, root) }];
  });
}

/** One of a few words, misspelt. */
function withGuess(message: string, issues: readonly Issue[], path: Path, root: unknown): string {
  const words = issues.flatMap((issue) => (issue.code === 'invalid_value' ? issue.values.map(String) : []));
  const near = closest(String(valueAt(root, path)), words);
  return near === undefined ? message : `${message}; did you mean "${near}"?`;
}

/** Which of several shapes somebody meant: one of the right type, with the least to mend. */
function nearest(variants: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  const wrongAtAll = ({ code, path }: Issue) => path.length === 0 && code.startsWith('invalid_');
  const fitting = variants.filter((issues) => !issues.some(wrongAtAll));
  const toMend = (issues: readonly Issue[]): number =>
    issues.reduce((sum, issue) => sum + (issue.code === 'unrecognized_keys' ? issue.keys.length : 1), 0);
  return fitting.toSorted((a, b) => toMend(a) - toMend(b))[0];
}

/** An empty map, or one with parts of several ways to sign in, is nearest to no way in particular. */
function isUndecidedAuth(path: Path, root: unknown): boolean {
  const value = valueAt(root, path);
  if (path.length !== 3 || path[0] !== 'sources' || path[2] !== 'auth' || !isRecord(value)) return false;
  const ways = authShapes.filter((shape) => Object.keys(shape).some((key) => Object.hasOwn(value, key)));
  return ways.length > 1 || Object.keys(value).length === 0;
}

function kindFinding(path: Path, kind: unknown, kinds: Kinds): Finding {
  const known = Object.keys(kinds);
  if (typeof kind === 'string') return { path, message: unknown(kind, 'a kind of destination', known) };
  return { path, message: `${kind === undefined ? 'is missing' : 'is not text'}: write one of ${known.join(', ')}` };
}

function knownKeys(path: Path, root: unknown, kinds: Kinds): string[] {
  const [top, , inner] = path;
  if (path.length === 0) return Object.keys(configShape(kinds));
  if (top === 'sources') {
    return inner === 'auth' ? authShapes.flatMap((shape) => Object.keys(shape)) : Object.keys(sourceShape);
  }
  if (top === 'routes') return Object.keys(inner === 'match' ? matchShape : routeShape);
  const kind = valueAt(root, [...path, 'kind']);
  const spec = typeof kind === 'string' ? kinds[kind] : undefined;
  return spec ? ['kind', ...Object.keys(settingShape(spec))] : [];
}

/** What stands at a path of something that may have any shape. */
function valueAt(root: unknown, path: Path): unknown {
  let value = root;
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<string | number, unknown>)[step];
  }
  return value;
}
