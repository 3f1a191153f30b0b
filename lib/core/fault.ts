/** One thing that is wrong with a configuration or a request, and how to write it instead. Holds no value that was given. */
export type Fault = {
  /** `routes[0].to[1]`, or the name of an environment variable. */
  readonly path: string;
  /** 1-based; absent where there is no text to point at. */
  readonly line?: number;
  /** 1-based, in UTF-16 units. */
  readonly column?: number;
  /** The line itself with a mark under the place, ready to print; what may be a secret is left out of it. */
  readonly excerpt?: string;
  readonly message: string;
};

/** Names become object keys, queue groups and parts of ids. */
export const namePattern = /^[a-z0-9-]{1,40}$/;

/** A region becomes part of a host name, so it may hold nothing that would make it another host. */
export const regionPattern = /^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/;

export const projectIdPattern = /^[0-9a-f]{32}$/;

export const nameFault = (text: string): string | undefined =>
  namePattern.test(text) ? undefined : 'is not a name: 1 to 40 of a-z, 0-9 and -';

export const regionFault = (text: string): string | undefined =>
  regionPattern.test(text) ? undefined : 'is not a region: write its id, such as ap-southeast-3';

export const projectIdFault = (text: string): string | undefined =>
  projectIdPattern.test(text)
    ? undefined
    : 'is not a project ID: 32 of 0-9 and a-f, as "My Credentials" in the console shows it for the region';

/** What is wrong with an address given in clear, apart from being http. */
export function addressFault(text: string): string | undefined {
  // URL would quietly drop these, and the address used would not be the one that was written.
  if (/[\s\p{Cc}]/u.test(text)) return 'holds a space or a control character: write https://host/path';
  const url = URL.parse(text);
  if (!url || !/^https?:\/\//i.test(text)) return 'is not an address: write https://host/path';
  if (url.username !== '' || url.password !== '') {
    return 'holds a user name or password, which would show up in logs: write the address without them';
  }
  return undefined;
}

/** As addressFault, for an address that paths are put behind. */
export const endpointFault = (text: string): string | undefined =>
  addressFault(text) ??
  (/[?#]/.test(text)
    ? 'has a ? or #, but paths are put behind it: write https://host or https://host/path'
    : undefined);

/** Would what is sent there cross a network in clear? Whatever is no address at all is another fault's business. */
export function isInsecure(text: string): boolean {
  const url = URL.parse(text);
  return url?.protocol === 'http:' && !isLoopback(url.hostname);
}

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host.endsWith('.localhost') || host === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(host);
