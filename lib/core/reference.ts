/** A secret's whereabouts, taken apart. Never the secret. */
export type Reference =
  | { readonly kind: 'env'; readonly name: string }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'ssm'; readonly name: string }
  | { readonly kind: 'secretsmanager'; readonly id: string; readonly key?: string };

/** How each kind is written, for whoever wrote it otherwise. */
const spellings: Readonly<Record<Reference['kind'], string>> = {
  env: 'env:NAME (the name of a variable: letters, digits and _)',
  ssm: 'ssm:/name (a parameter, with its leading slash)',
  secretsmanager: 'secretsmanager:id or secretsmanager:id#json-key',
  file: 'file:/path (from the root)',
};

export const howToRefer = 'write where it is kept: env:NAME, ssm:/name, secretsmanager:id#json-key or file:/path';

/** One pattern for the parser and for the JSON Schema, so that an editor and a build agree. */
export const referencePattern =
  /^(?:env:[A-Za-z_][A-Za-z0-9_]*|ssm:\/[A-Za-z0-9_.\-/]+|secretsmanager:[A-Za-z0-9/_+=.@:-]+(?:#[^\r\n]+)?|file:\/[^\r\n\0]+)$/;

export const isSecretRef = (text: string): boolean => referencePattern.test(text);

/** undefined: not a reference. What stands there instead may be the secret itself, so do not show it. */
export function parseSecretRef(text: string): Reference | undefined {
  if (!isSecretRef(text)) return undefined;
  const colon = text.indexOf(':');
  const rest = text.slice(colon + 1);
  switch (text.slice(0, colon) as Reference['kind']) {
    case 'env':
      return { kind: 'env', name: rest };
    case 'file':
      return { kind: 'file', path: rest };
    case 'ssm':
      return { kind: 'ssm', name: rest };
    case 'secretsmanager': {
      const hash = rest.indexOf('#');
      return hash < 0
        ? { kind: 'secretsmanager', id: rest }
        : { kind: 'secretsmanager', id: rest.slice(0, hash), key: rest.slice(hash + 1) };
    }
  }
}

/** The kind that somebody tried to write, if the text starts like one. */
export function intendedKind(text: string): Reference['kind'] | undefined {
  const scheme = /^\s*(env|ssm|secretsmanager|file)\s*:/i.exec(text)?.[1];
  return scheme?.toLowerCase() as Reference['kind'] | undefined;
}

/** Why a text is no reference, in words that hold nothing of it; undefined where it is one. */
export function referenceFault(text: string): string | undefined {
  if (isSecretRef(text)) return undefined;
  const kind = intendedKind(text);
  if (kind) return `is not a well-formed reference: write ${spellings[kind]}`;
  if (text.trim() === '') return `is empty: ${howToRefer}`;
  return `is a literal where a secret belongs: keep the value out of the configuration and ${howToRefer}`;
}
