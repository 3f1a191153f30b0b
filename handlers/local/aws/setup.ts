import { execFile } from 'node:child_process';
import type { AwsCredentials } from '../../../lib/aws/credentials.ts';
import { isRecord } from '../../../lib/core/plan.ts';
import type { Env } from '../../../lib/environment.ts';
import { UsageError } from '../usage-error.ts';
import { containerCredentials, credentialsIn, machineCredentials } from './metadata.ts';
import { type Profile, readProfile } from './profile.ts';

type AwsSetup = {
  readonly region: string;
  readonly credentials: () => Promise<AwsCredentials>;
  /** Where S3 is, if it is elsewhere. */
  readonly s3Endpoint?: string;
};

type Edges = { readonly env: Env; readonly fetch: typeof globalThis.fetch };

/**
 * Region, credentials and endpoint as the AWS command line finds them: the environment, the profile (keys or
 * credential_process), the container, the machine. What needs a sign-in or another role is left to that command line,
 * which hands its result over with `export-credentials`. Throws UsageError that says what to do.
 */
export async function readAwsSetup(edges: Edges): Promise<AwsSetup> {
  const { env } = edges;
  const profile = await readProfile(env);
  const region = env('AWS_REGION') || env('AWS_DEFAULT_REGION') || profile?.settings['region'];
  if (!region) throw new UsageError('No AWS region is known: set AWS_REGION to the one of the bucket.');
  const credentials = await findCredentials(edges, profile);
  const endpoint =
    env('AWS_IGNORE_CONFIGURED_ENDPOINT_URLS')?.toLowerCase() === 'true'
      ? undefined
      : env('AWS_ENDPOINT_URL_S3') || env('AWS_ENDPOINT_URL') || profile?.settings['endpoint_url'];
  return { region, credentials: async () => credentials, ...(endpoint && { s3Endpoint: endpoint }) };
}

async function findCredentials(edges: Edges, profile: Profile | undefined): Promise<AwsCredentials> {
  const { env } = edges;
  const [accessKeyId, secretAccessKey] = [env('AWS_ACCESS_KEY_ID'), env('AWS_SECRET_ACCESS_KEY')];
  if (accessKeyId && secretAccessKey) return keys(accessKeyId, secretAccessKey, env('AWS_SESSION_TOKEN'));
  if (accessKeyId || secretAccessKey)
    throw new UsageError(
      `${accessKeyId ? 'AWS_SECRET_ACCESS_KEY' : 'AWS_ACCESS_KEY_ID'} is not set, but the other half of the key is.`,
    );
  if (env('AWS_WEB_IDENTITY_TOKEN_FILE'))
    throw new UsageError(elsewhere('The environment', 'a web identity token', ''));
  const found = (profile && (await ofProfile(profile))) ?? (await containerCredentials(edges));
  const machine = found ?? (await machineCredentials(edges));
  if (machine) return machine;
  throw new UsageError(
    'There are no AWS credentials: set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or sign in and run\n' +
      '  eval "$(aws configure export-credentials --format env)"',
  );
}

const keys = (accessKeyId: string, secretAccessKey: string, token: string | undefined): AwsCredentials => ({
  accessKeyId,
  secretAccessKey,
  ...(token && { sessionToken: token }),
});

const needsMore = ['role_arn', 'sso_session', 'sso_start_url', 'web_identity_token_file', 'login_session'];

async function ofProfile({ name, settings }: Profile): Promise<AwsCredentials | undefined> {
  const how = needsMore.find((setting) => settings[setting] !== undefined);
  if (how) throw new UsageError(elsewhere(`Profile "${name}"`, how, ` --profile ${name}`));
  const { aws_access_key_id: id, aws_secret_access_key: secret, aws_session_token: token } = settings;
  if (id && secret) return keys(id, secret, token);
  const command = settings['credential_process'];
  return command === undefined ? undefined : runProcess(name, command);
}

const elsewhere = (who: string, how: string, option: string): string =>
  `${who} signs in by ${how}, which planwatch leaves to the AWS command line. Run this, then try again:\n` +
  `  eval "$(aws configure export-credentials${option} --format env)"`;

/** https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html; nothing it prints is shown. */
async function runProcess(profile: string, command: string): Promise<AwsCredentials> {
  const [file = '', ...args] = Array.from(
    command.matchAll(/"([^"]*)"|(\S+)/g),
    ([, quoted, bare]) => quoted ?? bare ?? '',
  );
  const fault = (what: string) => new UsageError(`credential_process of AWS profile "${profile}" ${what}.`);
  const printed = await new Promise<string>((resolve, reject) => {
    execFile(file, args, { timeout: 60_000 }, (error, out) =>
      error ? reject(fault(`failed (${error.killed ? 'no answer within 60 s' : error.code})`)) : resolve(out),
    );
  });
  let answer: unknown;
  try {
    answer = JSON.parse(printed);
  } catch {
    throw fault('did not print JSON');
  }
  const found = isRecord(answer) && answer['Version'] === 1 ? credentialsIn(answer, 'SessionToken') : undefined;
  if (!found) throw fault('did not print Version 1 with AccessKeyId and SecretAccessKey');
  return found;
}
