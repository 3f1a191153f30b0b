import { mentionFault } from '../channels/mentions.ts';
import { changeTypes } from '../core/change.ts';
import { eventTypes } from '../core/event.ts';
import { isInsecure, nameFault } from '../core/fault.ts';
import { isRecord } from '../core/plan.ts';
import { glob } from '../core/route.ts';
import type { Kinds } from './destination-schema.ts';
import type { Finding, Path } from './fault-path.ts';
import { unknown } from './fault-path.ts';
import { styleFault } from './telling-style.ts';

/**
 * What no single value shows. Reads the file as it came and steps over what has the wrong shape, since the schema tells
 * of that: so one reading finds both sorts of fault.
 */
export function crossFindings(root: unknown, kinds: Kinds): Finding[] {
  if (!isRecord(root)) return [];
  return [
    ...sourceFindings(root),
    ...destinationFindings(root, kinds),
    ...routeFindings(root, kinds),
    ...heartbeatFindings(root),
    ...strings(root['notices'], ['notices']).flatMap((name) => destinationNamed(name, root)),
  ];
}

type Text = { readonly path: Path; readonly text: string };

const strings = (value: unknown, path: Path): Text[] =>
  list(value).flatMap((text, index) => (typeof text === 'string' ? [{ path: [...path, index], text }] : []));

/** A pattern may stand alone or in a list. */
const patterns = (value: unknown, path: Path): Text[] =>
  typeof value === 'string' ? [{ path, text: value }] : strings(value, path);

const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

const record = (value: unknown): Record<string, unknown> => (isRecord(value) ? value : {});

const sourceNames = (root: Record<string, unknown>): string[] =>
  list(root['sources']).flatMap((source) => {
    const name = record(source)['name'];
    return typeof name === 'string' ? [name] : [];
  });

function sourceFindings(root: Record<string, unknown>): Finding[] {
  const seen = new Set<unknown>();
  return list(root['sources']).flatMap((value, index): Finding[] => {
    const source = record(value);
    const name = source['name'];
    const twice = typeof name === 'string' && seen.has(name);
    seen.add(name);
    return [
      ...(twice
        ? [{ path: ['sources', index, 'name'], message: 'is the name of an earlier source: give it its own' }]
        : []),
      ...insecureFindings(source, ['endpoint', 'iamEndpoint'], ['sources', index]),
    ];
  });
}

function destinationFindings(root: Record<string, unknown>, kinds: Kinds): Finding[] {
  if (!isRecord(root['destinations'])) return [];
  const destinations = Object.entries(root['destinations']);
  if (destinations.length === 0) return [{ path: ['destinations'], message: 'is empty: write where people hear' }];
  return destinations.flatMap(([name, value]): Finding[] => {
    const path = ['destinations', name];
    const message = nameFault(name);
    const spec = kindOf(value, kinds);
    const { settings = {} } = spec ?? {};
    const { kind, style } = record(value);
    const styled = spec && styleFault(style, String(kind), kinds);
    const ofType = (type: string) => Object.keys(settings).filter((setting) => settings[setting]?.type === type);
    return [
      ...(message === undefined ? [] : [{ path, message, at: 'key' as const }]),
      ...(styled === undefined ? [] : [{ path: [...path, 'style'], message: styled }]),
      ...insecureFindings(record(value), ofType('address'), path),
      ...ofType('source').flatMap((setting) => {
        const text = record(value)[setting];
        return typeof text === 'string' ? sourceNamed({ path: [...path, setting], text }, root) : [];
      }),
    ];
  });
}

function insecureFindings(owner: Record<string, unknown>, settings: readonly string[], path: Path): Finding[] {
  if (owner['allowInsecure'] === true) return [];
  return settings
    .filter((setting) => typeof owner[setting] === 'string' && isInsecure(owner[setting]))
    .map((setting) => ({
      path: [...path, setting],
      message: 'is http, which sends everything in clear: write https, or allowInsecure: true beside it',
    }));
}

function heartbeatFindings({ heartbeat }: Record<string, unknown>): Finding[] {
  if (typeof heartbeat !== 'string' || !isInsecure(heartbeat)) return [];
  return [{ path: ['heartbeat'], message: 'is http, which sends everything in clear: write https' }];
}

function routeFindings(root: Record<string, unknown>, kinds: Kinds): Finding[] {
  return list(root['routes']).flatMap((value, index): Finding[] => {
    const route = record(value);
    const match = record(route['match']);
    const path = ['routes', index];
    return [
      ...strings(route['to'], [...path, 'to']).flatMap((name) => destinationNamed(name, root)),
      ...patterns(match['source'], [...path, 'match', 'source']).flatMap((name) => sourceNamed(name, root)),
      ...patterns(match['type'], [...path, 'match', 'type']).flatMap(changeTyped),
      ...strings(route['mention'], [...path, 'mention']).flatMap((mention) =>
        strings(route['to'], []).flatMap(({ text: name }) => mentionFindings(mention, name, root, kinds)),
      ),
    ];
  });
}

/** Whoever is not called at night does not know that the configuration said so. */
function mentionFindings({ path, text }: Text, name: string, root: Record<string, unknown>, kinds: Kinds): Finding[] {
  const destination = record(root['destinations'])[name];
  const fault = mentionFault(text, kindOf(destination, kinds)?.mentions ?? 'nobody');
  if (fault === undefined) return [];
  const kind = String(record(destination)['kind']);
  return [{ path, message: `cannot be called in ${name}, since ${kind} ${fault}: give it a route of its own` }];
}

function kindOf(destination: unknown, kinds: Kinds): Kinds[string] | undefined {
  const kind = record(destination)['kind'];
  return typeof kind === 'string' && Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
}

function destinationNamed({ path, text }: Text, root: Record<string, unknown>): Finding[] {
  const known = Object.keys(record(root['destinations']));
  return known.includes(text) ? [] : [{ path, message: unknown(text, 'the name of a destination', known) }];
}

/** A pattern may be there for a source to come; a name that is no source's is a slip. */
function sourceNamed({ path, text }: Text, root: Record<string, unknown>): Finding[] {
  const known = sourceNames(root);
  if (/[*?]/.test(text) || known.includes(text)) return [];
  return [{ path, message: unknown(text, 'the name of a source', known) }];
}

function changeTyped({ path, text }: Text): Finding[] {
  if (changeTypes.some((type) => glob(text, type))) return [];
  if (eventTypes.some((type) => glob(text, type))) {
    return [{ path, message: 'is a notice, and routes are for changes: list its destinations under notices' }];
  }
  return [{ path, message: unknown(text, 'a type of change', changeTypes) }];
}
