import { endpointFault, isInsecure } from '../core/fault.ts';
import { SourceError } from '../core/source-error.ts';

/**
 * An address we may send credentials to. `setting` names it in an error, since its value may itself be a secret; where
 * it came from a reference, this is the first time that anyone looks at it.
 */
export function endpointUrl(text: string, setting: string, allowInsecure: boolean): URL {
  const address = text.trim();
  const fault = endpointFault(address);
  if (fault) {
    throw new SourceError(`${setting} ${fault}`, `Mend ${setting}: it is an address such as https://host.`, {
      kind: 'misconfigured',
    });
  }
  if (isInsecure(address) && !allowInsecure) {
    throw new SourceError(
      `${setting} is not https`,
      'Credentials go there: use https, or set allowInsecure: true if you must.',
      { kind: 'misconfigured' },
    );
  }
  return new URL(address);
}

/** A path below an endpoint, of plain segments. */
export function under(endpoint: URL, segments: readonly string[]): URL {
  // URL takes these for steps, however they are encoded, and another call would be made than was meant.
  const step = segments.find((segment) => segment === '' || segment === '.' || segment === '..');
  if (step !== undefined) {
    throw new SourceError(
      `"${step}" cannot be part of an address`,
      'Check projectId; where it is the id of a plan, the cloud sent a bad one.',
      { kind: 'misconfigured' },
    );
  }
  const url = new URL(endpoint);
  url.pathname = [withoutSlash(url.pathname), ...segments.map(encodeURIComponent)].join('/');
  return url;
}

/** However it was written, the same place has the same name. */
export const endpointName = ({ origin, pathname }: URL): string => withoutSlash(`${origin}${pathname}`);

const withoutSlash = (text: string): string => text.replace(/\/+$/, '');
