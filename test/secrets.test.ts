import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { AwsV4Signer } from 'aws4fetch';
import { readSecretFile } from '../lib/secrets/file.ts';
import { createSecrets, type SecretEdges, SecretError } from '../lib/secrets.ts';

const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'not-a-real-key', sessionToken: 'session' };
const value = 'hunter2 – the value';

type Asked = { readonly headers: IncomingHttpHeaders; readonly body: string };
type Answer = { readonly status?: number; readonly body: string };

let origin: string;
let asked: Asked[] = [];
let answer: (asked: Asked) => Answer | 'hang up';
let clock = Date.parse('2026-11-24T03:04:05.678Z');

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    const one = { headers: request.headers, body: Buffer.concat(chunks).toString() };
    asked.push(one);
    const reply = answer(one);
    if (reply === 'hang up') return void request.socket.destroy();
    response.writeHead(reply.status ?? 200, { 'content-type': 'application/x-amz-json-1.1' }).end(reply.body);
  });
});

beforeAll(async () => {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});
afterAll(() => new Promise((done) => server.close(done)));
beforeEach(() => {
  asked = [];
  answer = () => ({ body: JSON.stringify({ Parameter: { Value: value }, SecretString: value }) });
});

const open = (over: Partial<SecretEdges> = {}) =>
  createSecrets({
    env: (name) => ({ TOKEN: value, BLANK: ' ' })[name],
    readFile: readSecretFile,
    fetch,
    now: () => new Date(clock),
    aws: {
      region: 'eu-central-1',
      credentials: async () => credentials,
      ssmEndpoint: origin,
      secretsManagerEndpoint: origin,
    },
    ...over,
  });

/** The error of a reference, with what must never be in it checked. */
async function failure(ref: string, over: Partial<SecretEdges> = {}): Promise<SecretError> {
  const error: unknown = await open(over)(ref).catch((thrown: unknown) => thrown);
  if (!(error instanceof SecretError)) throw new Error('it did not fail as it should');
  expect(`${error.message} ${error.stack} ${JSON.stringify(error)} ${String(error.cause)}`).not.toMatch(
    /hunter2|not-a-real-key/,
  );
  return error;
}

describe('what is not a reference', () => {
  test('is refused without being shown, since it may be the secret', async () => {
    expect((await failure('hunter2')).message).toBe(
      'A secret is not given as a reference: write where it is kept: env:NAME, ssm:/name, ' +
        'secretsmanager:id#json-key or file:/path.',
    );
  });
});

describe('env:', () => {
  test('is the value of the variable', async () => {
    await expect(open()('env:TOKEN')).resolves.toBe(value);
  });
  test.each([
    ['env:MISSING', 'env:MISSING: the variable MISSING is not set.'],
    ['env:BLANK', 'env:BLANK is empty.'],
  ])('%s fails and says why', async (ref, message) => {
    expect(await failure(ref)).toMatchObject({ message, transient: false });
  });
});

describe('file:', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'planwatch-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  test.each([
    ['', ''],
    ['\n', ''],
    ['\r\n', ''],
    ['\n\n', '\n'],
    [' ', ' '],
  ])('loses one line end at most: what ends in %j ends in %j', async (end, kept) => {
    await writeFile(join(folder, 'secret'), `${value}${end}`);
    await expect(open()(`file:${folder}/secret`)).resolves.toBe(`${value}${kept}`);
  });

  test('says that there is no such file', async () => {
    expect((await failure(`file:${folder}/none`)).message).toBe(`file:${folder}/none: there is no such file.`);
  });
  test('says that it is a directory', async () => {
    await mkdir(join(folder, 'sub'));
    expect((await failure(`file:${folder}/sub`)).message).toBe(`file:${folder}/sub: it is a directory.`);
  });
  test('says that it is empty', async () => {
    await writeFile(join(folder, 'empty'), '\n');
    expect((await failure(`file:${folder}/empty`)).message).toBe(`file:${folder}/empty is empty.`);
  });
  test('does not wait for a pipe that nobody writes to', async () => {
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    expect((await failure(`file:${folder}/pipe`)).message).toBe(
      `file:${folder}/pipe: it is a pipe or a device, and a secret is read anew every few minutes: put it into a file.`,
    );
  });
  test('does not read a device that never ends', async () => {
    expect((await failure('file:/dev/zero')).message).toMatch(/^file:\/dev\/zero: it is a pipe or a device/);
  });
  test('takes 64 kB and no more', async () => {
    const text = 'a'.repeat(65_536);
    await writeFile(join(folder, 'large'), text);
    await expect(open()(`file:${folder}/large`)).resolves.toBe(text);
    await writeFile(join(folder, 'larger'), `${text}b`);
    expect((await failure(`file:${folder}/larger`)).message).toBe(
      `file:${folder}/larger: it is larger than 64 kB, which no secret is.`,
    );
  });
  // Root may read everything, and tests run as root in many containers.
  test('says that it may not be read', async () => {
    const forbidden = () => Promise.reject(Object.assign(new Error('hunter2'), { code: 'EACCES' }));
    expect((await failure('file:/a', { readFile: forbidden })).message).toBe(
      'file:/a: no permission to read the file.',
    );
  });
});

describe('the two services of AWS', () => {
  test.each([
    ['ssm:/a/b', 'AmazonSSM.GetParameter', { Name: '/a/b', WithDecryption: true }, 'ssm'],
    ['secretsmanager:a/b', 'secretsmanager.GetSecretValue', { SecretId: 'a/b' }, 'secretsmanager'],
  ])('%s asks once, signed', async (ref, target, body, service) => {
    await expect(open()(ref)).resolves.toBe(value);
    expect(asked).toHaveLength(1);
    const [{ headers, body: sent } = { headers: {}, body: '' }] = asked;
    expect(headers).toMatchObject({
      'x-amz-target': target,
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-date': '20261124T030405Z',
      'x-amz-security-token': 'session',
    });
    expect(JSON.parse(sent)).toStrictEqual(body);
    const signer = new AwsV4Signer({
      ...credentials,
      url: origin,
      method: 'POST',
      headers: { 'x-amz-target': target },
      body: sent,
      region: 'eu-central-1',
      service,
      datetime: '20261124T030405Z',
    });
    expect(headers.authorization).toBe(await signer.authHeader());
  });

  test.each([
    ['ssm:/a', 'eu-central-1', 'https://ssm.eu-central-1.amazonaws.com/'],
    ['secretsmanager:a', 'eu-central-1', 'https://secretsmanager.eu-central-1.amazonaws.com/'],
    ['ssm:/a', 'cn-north-1', 'https://ssm.cn-north-1.amazonaws.com.cn/'],
  ])('%s in %s is asked at %s unless another endpoint is set', async (ref, region, url) => {
    const urls: string[] = [];
    const answering: typeof fetch = async (to) => {
      urls.push(String(to));
      return Response.json({ Parameter: { Value: value }, SecretString: value });
    };
    await open({ fetch: answering, aws: { region, credentials: async () => credentials } })(ref);
    expect(urls).toStrictEqual([url]);
  });

  test('a key picks one value of a JSON secret', async () => {
    answer = () => ({ body: JSON.stringify({ SecretString: '{"signing":"one","other":"two"}' }) });
    await expect(open()('secretsmanager:a#signing')).resolves.toBe('one');
  });

  const refused = (type: string, status = 400) => ({ status, body: JSON.stringify({ __type: type, message: value }) });

  test.each<[string, string, Answer | 'hang up', RegExp, boolean]>([
    ['no such parameter', 'ssm:/a', refused('ParameterNotFound'), /no such parameter in eu-central-1/, false],
    ['its name in full', 'ssm:/a', refused('com.amazonaws.ssm#ParameterNotFound'), /no such parameter/, false],
    ['no such secret', 'secretsmanager:a', refused('ResourceNotFoundException'), /no such secret/, false],
    ['no permission', 'ssm:/a', refused('AccessDeniedException'), /needs ssm:GetParameter.*kms:Decrypt/, false],
    ['no permission', 'secretsmanager:a', refused('AccessDeniedException'), /secretsmanager:GetSecretValue/, false],
    ['old credentials', 'ssm:/a', refused('ExpiredTokenException'), /HTTP 400 ExpiredTokenException/, false],
    ['too many calls', 'ssm:/a', refused('ThrottlingException'), /HTTP 400 ThrottlingException/, true],
    ['a broken service', 'ssm:/a', { status: 500, body: '<html>' }, /HTTP 500\.$/, true],
    ['a strange type', 'ssm:/a', refused('<b>hunter2 & co</b>'), /HTTP 400\.$/, false],
    ['a redirect', 'ssm:/a', { status: 302, body: '' }, /HTTP 302\.$/, false],
    ['no answer', 'ssm:/a', 'hang up', /no answer from ssm/, true],
    ['not JSON', 'ssm:/a', { body: `hunter2` }, /did not answer in JSON/, true],
    ['no parameter', 'ssm:/a', { body: '{}' }, /no Parameter\.Value/, false],
    ['an empty parameter', 'ssm:/a', { body: '{"Parameter":{"Value":""}}' }, /is empty/, false],
    ['binary data', 'secretsmanager:a', { body: '{"SecretBinary":"aHVudGVyMg=="}' }, /only binary/, false],
    [
      'no JSON for a key',
      'secretsmanager:a#k',
      { body: JSON.stringify({ SecretString: value }) },
      /not a JSON object/,
      false,
    ],
    ['no such key', 'secretsmanager:a#k', { body: '{"SecretString":"{\\"j\\":\\"hunter2\\"}"}' }, /no key "k"/, false],
    ['no own key', 'secretsmanager:a#toString', { body: '{"SecretString":"{}"}' }, /no key "toString"/, false],
    ['not text', 'secretsmanager:a#k', { body: '{"SecretString":"{\\"k\\":{}}"}' }, /"k" is not text/, false],
  ])('%s: %s fails and says why', async (_, ref, reply, message, transient) => {
    answer = () => reply;
    const error = await failure(ref);
    expect(error.message).toMatch(message);
    expect(error.message).toContain(ref);
    expect(error.transient).toBe(transient);
  });

  test.each<[string, Partial<SecretEdges>]>([
    ['without AWS', { aws: undefined } as unknown as Partial<SecretEdges>],
    ['without a key', { aws: { region: 'r', credentials: async () => ({ accessKeyId: '', secretAccessKey: '' }) } }],
    ['without an answer', { aws: { region: 'r', credentials: async () => Promise.reject(new Error('hunter2')) } }],
  ])('%s the variables that are missing are named', async (_, over) => {
    expect((await failure('ssm:/a', over)).message).toMatch(/^ssm:\/a: .*AWS_REGION, AWS_ACCESS_KEY_ID/);
    expect(asked).toHaveLength(0);
  });

  test('a session token that no header takes is not shown', async () => {
    const pasted = { ...credentials, sessionToken: 'hunter2\nhunter2' };
    const { message } = await failure('ssm:/a', { aws: { region: 'r', credentials: async () => pasted } });
    expect(message).toMatch(/^ssm:\/a: the AWS credentials cannot be used to sign: .*line break/);
  });
});

describe('what is kept', () => {
  const minutes = (count: number) => {
    clock += count * 60_000;
  };
  const next = () => {
    let count = 0;
    answer = () => ({ body: JSON.stringify({ Parameter: { Value: `value ${++count}` } }) });
  };

  test('a value is asked for again only after five minutes', async () => {
    next();
    const secrets = open();
    await expect(secrets('ssm:/a')).resolves.toBe('value 1');
    minutes(4.99);
    await expect(secrets('ssm:/a')).resolves.toBe('value 1');
    minutes(0.01);
    await expect(secrets('ssm:/a')).resolves.toBe('value 2');
    expect(asked).toHaveLength(2);
  });

  test('callers at the same time share one question', async () => {
    next();
    const secrets = open();
    const values = await Promise.all([secrets('ssm:/a'), secrets('ssm:/a'), secrets('ssm:/b')]);
    expect(values[0]).toBe(values[1]);
    expect(asked).toHaveLength(2);
  });

  test('a failure is told to all who wait and is not kept', async () => {
    const secrets = open();
    answer = () => 'hang up';
    const results = await Promise.allSettled([secrets('ssm:/a'), secrets('ssm:/a')]);
    expect(results.map(({ status }) => status)).toStrictEqual(['rejected', 'rejected']);
    expect(asked).toHaveLength(1);
    next();
    await expect(secrets('ssm:/a')).resolves.toBe('value 1');
  });

  test('what is forgotten is asked for again, and nothing else is', async () => {
    next();
    const secrets = open();
    await secrets('ssm:/a');
    await secrets('ssm:/b');
    secrets.forget('ssm:/a');
    await expect(secrets('ssm:/b')).resolves.toBe('value 2');
    await expect(secrets('ssm:/a')).resolves.toBe('value 3');
  });
});
