import type { SourceConfig } from '../core/config.ts';
import type { CallEdges, CloudRequest } from './cloud-call.ts';
import type { SecretReader } from './secret-values.ts';
import type { Redactor } from './vendor-words.ts';

/** What proves who asks: one way of `auth`, a file each, and a line in `sign-ins.ts`. */
export type SignIn = {
  /** The request with its proof. Throws SourceError. */
  authenticate(request: CloudRequest, signal: AbortSignal): Promise<CloudRequest>;
  /** The request's token was refused. true: the next one will carry another. */
  renew(refused: CloudRequest): boolean;
  /** What authenticated last was refused for good: the next request needs another. */
  forget?(): void;
  /** What to look at when the cloud says no. */
  readonly advice: string;
  readonly signed: boolean;
};

export type SignInEdges = {
  readonly config: SourceConfig;
  readonly read: SecretReader;
  /** The same, fit for a header. */
  readonly header: SecretReader;
  /** Told of each credential before it is used; throws what the cloud said of it a short while ago. */
  readonly use: (credential: string) => void;
  readonly redactor: Redactor;
  readonly edges: CallEdges;
};

const tokenHeader = 'X-Auth-Token';

export const withToken = (request: CloudRequest, token: string): CloudRequest => ({
  ...request,
  headers: { ...request.headers, [tokenHeader]: token },
});

export const tokenOf = ({ headers }: CloudRequest): string => headers[tokenHeader] ?? '';
