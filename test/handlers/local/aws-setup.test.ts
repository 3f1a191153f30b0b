import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { parseIni } from '../../../handlers/local/aws/profile.ts';
import { readAwsSetup } from '../../../handlers/local/aws/setup.ts';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'planwatch-aws-'));
  await mkdir(join(home, '.aws'));
});
afterEach(() => rm(home, { recursive: true, force: true }));

const write = (name: string, text: string) => writeFile(join(home, '.aws', name), text);

/** Nothing of this machine: no metadata service is asked unless a test says where. */
async function setup(env: Record<string, string> = {}) {
  const all: Record<string, string> = {
    HOME: home,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_REGION: 'eu-central-1',
    ...env,
  };
  const { credentials, ...rest } = await readAwsSetup({ env: (name) => all[name], fetch: globalThis.fetch });
  return { ...rest, ...(await credentials()) };
}

const inEnv = { AWS_ACCESS_KEY_ID: 'env-id', AWS_SECRET_ACCESS_KEY: 'env-secret' };
const file = '[default]\naws_access_key_id=file-id\naws_secret_access_key=file-secret\n';

describe('the order of the AWS command line', () => {
  test('the environment wins over the files', async () => {
    await write('credentials', file);
    expect(await setup({ ...inEnv, AWS_SESSION_TOKEN: 't' })).toStrictEqual({
      region: 'eu-central-1',
      accessKeyId: 'env-id',
      secretAccessKey: 'env-secret',
      sessionToken: 't',
    });
  });

  test('the default profile of the credentials file, then of the config file', async () => {
    await write('config', file.replaceAll('file-', 'config-'));
    expect(await setup()).toMatchObject({ accessKeyId: 'config-id', secretAccessKey: 'config-secret' });
    await write('credentials', file);
    expect(await setup()).toMatchObject({ accessKeyId: 'file-id', secretAccessKey: 'file-secret' });
  });

  test.each(['AWS_PROFILE', 'AWS_DEFAULT_PROFILE'])(
    '%s names another profile, spelt otherwise in each file',
    async (name) => {
      await write(
        'credentials',
        `${file}[night]\naws_access_key_id = n\naws_secret_access_key = a=b\naws_session_token = s\n`,
      );
      await write('config', '[default]\nregion = us-east-1\n[profile night]\nregion = cn-north-1\n');
      expect(await setup({ [name]: 'night', AWS_REGION: '' })).toStrictEqual({
        region: 'cn-north-1',
        accessKeyId: 'n',
        secretAccessKey: 'a=b',
        sessionToken: 's',
      });
    },
  );

  test('the files may lie elsewhere', async () => {
    await writeFile(join(home, 'c'), file);
    await writeFile(join(home, 'd'), '[default]\nregion = eu-west-1\nendpoint_url = http://127.0.0.1:9\n');
    const env = { AWS_SHARED_CREDENTIALS_FILE: join(home, 'c'), AWS_CONFIG_FILE: join(home, 'd'), AWS_REGION: '' };
    expect(await setup(env)).toMatchObject({
      region: 'eu-west-1',
      accessKeyId: 'file-id',
      s3Endpoint: 'http://127.0.0.1:9',
    });
  });

  test.each<[string, Record<string, string>, string | undefined]>([
    ['of S3', { AWS_ENDPOINT_URL_S3: 'http://s3', AWS_ENDPOINT_URL: 'http://all' }, 'http://s3'],
    ['of everything', { AWS_ENDPOINT_URL: 'http://all' }, 'http://all'],
    ['not wanted', { AWS_ENDPOINT_URL: 'http://all', AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' }, undefined],
    ['none', {}, undefined],
  ])('an endpoint %s', async (_, env, endpoint) => {
    expect((await setup({ ...inEnv, ...env })).s3Endpoint).toBe(endpoint);
  });

  test('the region in the order AWS_REGION, AWS_DEFAULT_REGION', async () => {
    expect((await setup({ ...inEnv, AWS_DEFAULT_REGION: 'x' })).region).toBe('eu-central-1');
    expect((await setup({ ...inEnv, AWS_REGION: '', AWS_DEFAULT_REGION: 'x' })).region).toBe('x');
  });
});

describe('credential_process', () => {
  const process_ = async (script: string) => {
    await writeFile(join(home, 'p.mjs'), script);
    await write(
      'config',
      `[default]\ncredential_process = "${process.execPath}" ${join(home, 'p.mjs')} "an argument"\n`,
    );
  };

  test('is run without a shell, and its answer used', async () => {
    await process_(
      'console.log(JSON.stringify({Version:1,AccessKeyId:"p",SecretAccessKey:process.argv[2],SessionToken:"t"}))',
    );
    expect(await setup()).toMatchObject({ accessKeyId: 'p', secretAccessKey: 'an argument', sessionToken: 't' });
  });

  test.each([
    ['process.stderr.write("hunter2");process.exit(3)', /failed \(3\)/],
    ['console.log("hunter2")', /did not print JSON/],
    ['console.log(JSON.stringify({Version:2,AccessKeyId:"hunter2",SecretAccessKey:"y"}))', /did not print Version 1/],
    ['console.log(JSON.stringify({Version:1,AccessKeyId:"hunter2"}))', /did not print Version 1/],
  ])('%s is a fault that shows nothing of it', async (script, words) => {
    await process_(script);
    const fault = await setup().catch((error: Error) => error.message);
    expect(fault).toMatch(words);
    expect(fault).not.toContain('hunter2');
  });
});

describe('a container and a machine', () => {
  let close: () => void;
  const serve = async (answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> => {
    const server = createServer(answer).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    close = () => server.close();
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };
  afterEach(() => close?.());

  test('CloudShell and ECS: with the token that the environment or a file gives', async () => {
    const url = await serve((request, response) =>
      request.headers.authorization === 'let-me-in'
        ? response.end('{"AccessKeyId":"c","SecretAccessKey":"d","Token":"t"}')
        : response.writeHead(403).end(),
    );
    const env = { AWS_CONTAINER_CREDENTIALS_FULL_URI: `${url}/role` };
    expect(await setup({ ...env, AWS_CONTAINER_AUTHORIZATION_TOKEN: 'let-me-in' })).toMatchObject({
      accessKeyId: 'c',
      secretAccessKey: 'd',
      sessionToken: 't',
    });
    await writeFile(join(home, 'token'), 'let-me-in\n');
    expect(await setup({ ...env, AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: join(home, 'token') })).toMatchObject({
      accessKeyId: 'c',
    });
    await expect(setup(env)).rejects.toThrow('HTTP 403 without credentials');
  });

  test('a token that no header takes is not shown', async () => {
    const pasted = {
      AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://127.0.0.1:1/role',
      AWS_CONTAINER_AUTHORIZATION_TOKEN: 'let-me-in\nlet-me-in',
    };
    await expect(setup(pasted)).rejects.toThrow('holds a character that no header takes');
    await expect(setup(pasted)).rejects.not.toThrow('let-me-in');
  });

  test('the token goes to no other machine in clear', async () => {
    const env = { AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://127.0.0.1.example/role' };
    await expect(setup({ ...env, AWS_CONTAINER_AUTHORIZATION_TOKEN: 'x' })).rejects.toThrow('neither https nor');
  });

  test('EC2: the role of the machine, by its version 2', async () => {
    const url = await serve((request, response) => {
      if (request.method === 'PUT' && request.url === '/latest/api/token') return response.end('session');
      if (request.headers['x-aws-ec2-metadata-token'] !== 'session') return response.writeHead(401).end();
      if (request.url?.endsWith('/security-credentials/')) return response.end('planwatch role\n');
      if (request.url?.endsWith('/planwatch%20role'))
        return response.end('{"Code":"Success","AccessKeyId":"m","SecretAccessKey":"n","Token":"o"}');
      return response.writeHead(404).end();
    });
    const env = { AWS_EC2_METADATA_DISABLED: '', AWS_EC2_METADATA_SERVICE_ENDPOINT: url };
    expect(await setup(env)).toMatchObject({ accessKeyId: 'm', secretAccessKey: 'n', sessionToken: 'o' });
  });

  test('a machine without a role has no credentials', async () => {
    const url = await serve((request, response) =>
      request.method === 'PUT' ? response.end('session') : response.writeHead(404).end(),
    );
    const env = { AWS_EC2_METADATA_DISABLED: '', AWS_EC2_METADATA_SERVICE_ENDPOINT: url };
    await expect(setup(env)).rejects.toThrow('There are no AWS credentials');
  });
});

describe('what is left to the AWS command line, and what is wrong, says what to do', () => {
  test.each(['role_arn', 'sso_session', 'sso_start_url', 'web_identity_token_file', 'login_session'])(
    'a profile with %s',
    async (setting) => {
      await write('config', `[profile night]\n${setting} = x\nregion = y\n`);
      const fault = await setup({ AWS_PROFILE: 'night' }).catch((error: Error) => error);
      expect(fault).toMatchObject({ name: 'UsageError' });
      expect(String(fault)).toContain(`Profile "night" signs in by ${setting}`);
      expect(String(fault)).toContain('eval "$(aws configure export-credentials --profile night --format env)"');
      // What that prints is taken.
      expect(await setup({ AWS_PROFILE: 'night', ...inEnv })).toMatchObject({ accessKeyId: 'env-id' });
    },
  );

  test.each<[string, Record<string, string>, RegExp]>([
    ['nothing at all', {}, /There are no AWS credentials: set AWS_PROFILE.*export-credentials --format env/s],
    ['a profile that is not there', { AWS_PROFILE: 'nope' }, /AWS_PROFILE is "nope", and no such profile/],
    ['half a key', { AWS_ACCESS_KEY_ID: 'x' }, /AWS_SECRET_ACCESS_KEY is not set/],
    ['the other half', { AWS_SECRET_ACCESS_KEY: 'x' }, /AWS_ACCESS_KEY_ID is not set/],
    ['a web identity', { AWS_WEB_IDENTITY_TOKEN_FILE: '/x' }, /web identity token/],
    ['no region', { ...inEnv, AWS_REGION: '' }, /set AWS_REGION/],
  ])('%s', async (_, env, words) => {
    await expect(setup(env)).rejects.toThrow(words);
  });

  test('a file that cannot be read is named', async () => {
    await expect(setup({ AWS_CONFIG_FILE: home })).rejects.toThrow(`${home} cannot be read (EISDIR)`);
  });
});

test('the files are read as the SDKs do: comments, blanks, nested settings, any line ends', () => {
  const text =
    '\ufeff# x\r\n[ default ]\r\nRegion = a \r\ns3 =\r\n  region = b\r\n; y\r\nkey = a#b=c\r\nno-equals\r\n[profile  p]\r\nk=v';
  expect(JSON.parse(JSON.stringify(Object.fromEntries(parseIni(text))))).toStrictEqual({
    default: { region: 'a', s3: '', key: 'a#b=c' },
    'profile p': { k: 'v' },
  });
  expect(parseIni('orphan = 1').size).toBe(0);
});
