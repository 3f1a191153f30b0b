import type { SourceConfig } from '../core/config.ts';
import type { SourceError } from '../core/source-error.ts';
import type { Identity } from '../ports.ts';
import { kindOf } from './answer-kind.ts';
import { type Answer, type CallEdges, type CloudRequest, createCloudCall, within } from './cloud-call.ts';
import { createCredentials } from './credentials.ts';
import { endpointName, under } from './endpoint.ts';
import { failedAnswer } from './failed-answer.ts';
import { createSecretReader, resolveEndpoint, type SecretReader } from './secret-values.ts';
import { createRedactor, readFault } from './vendor-words.ts';
import type { Range } from './whole-list.ts';

export type SourceEdges = CallEdges & {
  /** A reference → its value; asked at each request, so whoever resolves keeps what it found. */
  readonly secret: SecretReader;
};

/** What an edition's calls need of IAM: to list, and to look at one. */
type Permissions = { readonly list: string; readonly get: string };

type ProjectCalls = {
  identity(): Promise<Identity>;
  /** The body of a 200; anything else is a SourceError. */
  get(segments: readonly string[], action: string, signal: AbortSignal, range?: Range): Promise<Uint8Array>;
};

/** Authenticated GETs below `/v3/{project_id}/{base}` of one source's ServiceStage. */
export function createProjectCalls(
  config: SourceConfig,
  base: readonly string[],
  permissions: Permissions,
  edges: SourceEdges,
): ProjectCalls {
  const { region, projectId, edition } = config;
  const redactor = createRedactor();
  const read = createSecretReader(edges.secret);
  const credentials = createCredentials(config, read, redactor, edges);
  const call = createCloudCall(edges);
  const address = `https://servicestage.${region}.myhuaweicloud.com`;
  const endpoint = () => resolveEndpoint(config.endpoint ?? address, 'endpoint', config, read);

  const failed = (answer: Answer, action: string): SourceError =>
    failedAnswer(
      answer,
      {
        credentials: credentials.advice,
        signed: credentials.signed,
        forbidden: `Allow ${action} in project ${projectId}, with the policy ServiceStage ReadOnlyAccess or with this identity policy: ${policyOf(permissions)}`,
        notFound: `Check that project ${projectId} is in region ${region}, and that the endpoint is ServiceStage there.`,
      },
      redactor,
      edges.now(),
    );

  async function ask(segments: readonly string[], signal: AbortSignal, range?: Range): Promise<Answer> {
    const url = under(await within(signal, endpoint()), ['v3', projectId, ...base, ...segments]);
    if (range) url.search = `?limit=${range.limit}&offset=${range.offset}`;
    // Content-Type is mandatory here, even on a GET.
    const headers = { 'Content-Type': 'application/json;charset=utf8', 'X-Project-Id': projectId };
    let sent: CloudRequest | undefined;
    const tries = () =>
      call(async () => {
        sent = await credentials.authenticate({ method: 'GET', url, headers }, signal);
        return sent;
      }, signal);
    const answer = await tries();
    // Once: a token that is over is made anew; if the new one is refused as well, that is told.
    const again = sent && isOver(answer) && credentials.renew(sent);
    return again ? tries() : answer;
  }

  return {
    identity: async () => ({ endpoint: endpointName(await endpoint()), projectId, edition }),
    async get(segments, action, signal, range) {
      const answer = await ask(segments, signal, range);
      if (answer.status === 200) return answer.body;
      const error = failed(answer, action);
      if (error.kind === 'unauthorised') credentials.refused(error);
      throw error;
    },
  };
}

const isOver = ({ status, headers, body }: Answer): boolean =>
  status === 401 && kindOf(status, readFault(status, headers, body)) === 'token-over';

/** https://support.huaweicloud.com/intl/en-us/usermanual-iam5/iam_01_0934.html */
const policyOf = ({ list, get }: Permissions): string =>
  JSON.stringify({ Version: '5.0', Statement: [{ Effect: 'Allow', Action: [list, get] }] });
