import { isRecord } from './core/plan.ts';
import { howToRefer, parseSecretRef, type Reference } from './core/reference.ts';
import { type AwsEdges, ask, parseJson } from './secrets/aws-secret.ts';
import { SecretError } from './secrets/secret-error.ts';

export { SecretError } from './secrets/secret-error.ts';

export type SecretEdges = AwsEdges & {
  readonly env: (name: string) => string | undefined;
  readonly readFile: (path: string) => Promise<string>;
};

/** Reference → value; rejects with SecretError. */
export type Secrets = {
  (ref: string): Promise<string>;
  /** The next call asks again: for whoever finds that the value no longer works. */
  forget(ref: string): void;
};

const keepMs = 5 * 60_000;

/** Values are kept for five minutes, callers at the same time share one question, and a failure is never kept. */
export function createSecrets(edges: SecretEdges): Secrets {
  const kept = new Map<string, { readonly value: Promise<string>; readonly since: number }>();
  const secrets = (ref: string): Promise<string> => {
    const now = edges.now().getTime();
    const known = kept.get(ref);
    if (known && now - known.since < keepMs) return known.value;
    const entry = { value: resolve(ref, edges), since: now };
    kept.set(ref, entry);
    entry.value.catch(() => {
      if (kept.get(ref) === entry) kept.delete(ref);
    });
    return entry.value;
  };
  return Object.assign(secrets, { forget: (ref: string) => void kept.delete(ref) });
}

async function resolve(ref: string, edges: SecretEdges): Promise<string> {
  const reference = parseSecretRef(ref);
  // It may be the secret itself, so the message does not show it.
  if (!reference) throw new SecretError(`A secret is not given as a reference: ${howToRefer}.`);
  const value = await read(ref, reference, edges);
  if (value.trim() === '') throw new SecretError(`${ref} is empty.`);
  return value;
}

async function read(ref: string, reference: Reference, edges: SecretEdges): Promise<string> {
  switch (reference.kind) {
    case 'env': {
      const value = edges.env(reference.name);
      if (value === undefined) throw new SecretError(`${ref}: the variable ${reference.name} is not set.`);
      return value;
    }
    case 'file':
      return readText(ref, reference.path, edges);
    case 'ssm': {
      const answer = await ask(ref, 'ssm', { Name: reference.name, WithDecryption: true }, edges);
      const parameter = answer['Parameter'];
      return textOf(ref, isRecord(parameter) ? parameter['Value'] : undefined, 'the answer has no Parameter.Value');
    }
    case 'secretsmanager': {
      const answer = await ask(ref, 'secretsmanager', { SecretId: reference.id }, edges);
      const text = textOf(ref, answer['SecretString'], 'the secret holds no text (SecretString), only binary data');
      return reference.key === undefined ? text : pick(ref, text, reference.key);
    }
  }
}

async function readText(ref: string, path: string, { readFile }: SecretEdges): Promise<string> {
  try {
    return (await readFile(path)).replace(/\r?\n$/, '');
  } catch (error) {
    const code = isRecord(error) && typeof error['code'] === 'string' ? error['code'] : 'it cannot be read';
    const known: Record<string, string> = {
      ENOENT: 'there is no such file',
      EACCES: 'no permission to read the file',
      EISDIR: 'it is a directory',
      EFTYPE: 'it is a pipe or a device, and a secret is read anew every few minutes: put it into a file',
      EFBIG: 'it is larger than 64 kB, which no secret is',
    };
    throw new SecretError(`${ref}: ${known[code] ?? code}.`);
  }
}

/** One member of a JSON secret. */
function pick(ref: string, text: string, key: string): string {
  const json = parseJson(text);
  if (!isRecord(json)) {
    throw new SecretError(
      `${ref}: the secret is not a JSON object, so it has no keys; leave out #${key}, or store one.`,
    );
  }
  if (!Object.hasOwn(json, key)) throw new SecretError(`${ref}: the secret has no key "${key}".`);
  return textOf(ref, json[key], `the value of "${key}" is not text`);
}

function textOf(ref: string, value: unknown, otherwise: string): string {
  if (typeof value !== 'string') throw new SecretError(`${ref}: ${otherwise}.`);
  return value;
}
