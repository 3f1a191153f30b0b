import type { SourceConfig } from '../core/config.ts';
import { isSecretRef } from '../core/reference.ts';
import { SourceError } from '../core/source-error.ts';
import { endpointUrl } from './endpoint.ts';

export type SecretReader = (ref: string) => Promise<string>;

const misconfigured = { kind: 'misconfigured' } as const;

/** An address from the configuration, or from where it points to. */
export async function resolveEndpoint(
  address: string,
  setting: string,
  { allowInsecure = false }: Pick<SourceConfig, 'allowInsecure'>,
  read: SecretReader,
): Promise<URL> {
  if (!isSecretRef(address)) return endpointUrl(address, setting, allowInsecure);
  return endpointUrl(await read(address), `${setting} (${address})`, allowInsecure);
}

/** Names the reference that failed, whatever the reader's own error says. */
export const createSecretReader =
  (secret: SecretReader): SecretReader =>
  async (ref) => {
    let value: string;
    try {
      value = await secret(ref);
    } catch (error) {
      const words = String((error as Error)?.message ?? error).replace(/\.$/, '');
      throw new SourceError(
        words.includes(ref) ? words : `${ref}: ${words}`,
        `Check that ${ref} is there, and that planwatch may read it.`,
        (error as { transient?: boolean } | null)?.transient ? { ...misconfigured, failure: 'other' } : misconfigured,
      );
    }
    if (value.trim() === '') throw new SourceError(`${ref} is empty`, `Put the value into ${ref}.`, misconfigured);
    return value;
  };

/** fetch would refuse such a value too, and print it in its error. */
export function asHeader(ref: string, value: string): string {
  const trimmed = value.trim();
  if (/^[\x21-\x7e]+$/.test(trimmed)) return trimmed;
  throw new SourceError(
    `${ref} holds characters that no key and no token has`,
    `Put the bare value into ${ref}: no spaces, no line breaks.`,
    misconfigured,
  );
}
