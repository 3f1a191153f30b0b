import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { canonicalRequest, type SignableRequest, sdkDate, signRequest } from '../../lib/core/signature.ts';

const keys = { accessKey: 'AKEXAMPLE0000000001', secretKey: 'SKexampleSecretKey000000000000000000000001' };
const now = new Date('2026-01-05T08:09:10.999Z');
const project = '0123456789abcdef0123456789abcdef';
const list = `https://servicestage.ap-southeast-3.myhuaweicloud.com/v3/${project}/cas/release-plans`;
const usual = { 'X-Project-Id': project, 'content-type': 'application/json' };

const get = (url: string, headers: Record<string, string> = {}): SignableRequest => ({
  method: 'GET',
  url: new URL(url),
  headers,
});

// Official: https://support.huaweicloud.com/intl/en-us/devg-apisign/api-sign-algorithm-001.html. V1 to V8: made with the
// vendor's own signer (@huaweicloud/huaweicloud-sdk-core 3.1.211).
const vectors = [
  {
    rule: 'the example of the vendor’s own page',
    request: get(
      'https://service.region.example.com/v1/77b6a44cba5143ab91d13ab9a8ff44fd/vpcs?limit=2&marker=13551d6b-755d-4757-b956-536f674975c0',
      { 'content-type': 'application/json' },
    ),
    keys: { accessKey: 'QTWAOYTTINDUT2QVKYUC', secretKey: 'MFyfvK41ba2giqM7Uio6PznpdUKGpownRZlmVmHc' },
    now: new Date('2019-11-15T03:36:55Z'),
    signedHeaders: 'content-type;host;x-sdk-date',
    canonical: 'b25362e603ee30f4f25e7858e8a7160fd36e803bb2dfe206278659d71a9bcd7a',
    signature: '7be6668032f70418fcc22abc52071e57aff61b84a1d2381bb430d6870f4f6ebe',
  },
  {
    rule: 'V1: host and date are always signed',
    request: get(list),
    signedHeaders: 'host;x-sdk-date',
    canonical: '4dc6b1c3e79ee832c9850248a0a6cffe7416a8f59d1f958ca6f64eb3530170d5',
    signature: '9ee0ae426af3e16d771ba3d60225efc3a9acfd896b74f87559a61d3a4c2f1e96',
  },
  {
    rule: 'V2: every header given is signed, sorted by its lower-case name',
    request: get(list, usual),
    signedHeaders: 'content-type;host;x-project-id;x-sdk-date',
    canonical: 'a3091bd9cff9657b9f39191c611fa25c2155ed8df6b7d1115909791e6a003751',
    signature: '41c363a4f727bc2880969856c0e4f60f2b2fd125ec65200a53fcb75c11ee5a03',
  },
  {
    rule: 'V3: a query is encoded strictly and sorted',
    request: get(`${list}?limit=100&offset=0&order_by=create_time&name=a%20b%2Bc%2F~*%C3%A9`, usual),
    signedHeaders: 'content-type;host;x-project-id;x-sdk-date',
    canonical: 'ca6aa411ed36e4bd89f9a7ad5ad29a3548d79256c3dce0db5b2395ea137b14b2',
    signature: 'e999fa559b4a179137fc9ddab8879f4f5ca800c8f6545a10788dceead24b7b5c',
  },
  {
    rule: 'V4: a temporary key’s token is sent and signed',
    request: get(list, usual),
    keys: { ...keys, securityToken: 'TOKENEXAMPLE==' },
    signedHeaders: 'content-type;host;x-project-id;x-sdk-date;x-security-token',
    canonical: '24b7cecd4681ef8adb70eaed1575e30e3c2284784a954051f5f6dad98b391d26',
    signature: '6b05dd71e84e8bb8ac1e8749316c50c0736124804ef265116a24f26e8f237c28',
  },
  {
    rule: 'V5: a body is signed by its hash',
    request: {
      method: 'POST',
      url: new URL('https://iam.ap-southeast-3.myhuaweicloud.com/v3.0/OS-CREDENTIAL/securitytokens'),
      headers: { 'content-type': 'application/json' },
      body: '{"auth":{"identity":{"methods":["token"]}}}',
    },
    signedHeaders: 'content-type;host;x-sdk-date',
    canonical: '9d8a4f9c1e08fd1a41b0f45d3df53eb61aaa1c12fd1902892ffe49cd13cb25cd',
    signature: '15eaf9e9994f3a0d784a21d22c9f040a744e8780faf8caaf2fbaa408f1fbdc53',
  },
  {
    rule: 'V6: repeated names repeat, sorted by value; upper case comes first',
    request: get(`${list}?status=FAILED&a=2&A=1&status=ABORTED`),
    signedHeaders: 'host;x-sdk-date',
    canonical: 'c8d8f4507114a89874959c5e5a4cc49d85c267eace861a7e8f6cbf9b2d2a9525',
    signature: '7bc66905f62b10d506865e7bee81e293e8f62c9d6c5e1d0213918913e309cb52',
  },
  {
    rule: 'V8: a port that is not the default one belongs to the host',
    request: get(list.replace('https://servicestage.ap-southeast-3.myhuaweicloud.com', 'http://127.0.0.1:8080')),
    signedHeaders: 'host;x-sdk-date',
    canonical: 'd23bdaa60dde6d98f50cbfffc6a6b5c79b3ef2109b8fcef2454e9cfd28666e81',
    signature: '3be1683733a5c3ea3c92362c75043f4cfb75e83e3e1f8c04b7e6d180fff919bf',
  },
];

describe('the vectors', () => {
  test.each(vectors)('$rule', ({ request, signedHeaders, canonical, signature, ...given }) => {
    const used = { ...keys, ...given.keys };
    const time = given.now ?? now;
    const added = signRequest({ ...request, ...used, now: time });
    const { Authorization, ...sent } = added;
    const whole = canonicalRequest({ ...request, headers: { ...request.headers, ...sent, Host: request.url.host } });

    expect(createHash('sha256').update(whole).digest('hex')).toBe(canonical);
    expect(Authorization).toBe(
      `SDK-HMAC-SHA256 Access=${used.accessKey}, SignedHeaders=${signedHeaders}, Signature=${signature}`,
    );
    expect(sent['X-Sdk-Date']).toBe(sdkDate(time));
    expect(sent['X-Security-Token']).toBe('securityToken' in used ? 'TOKENEXAMPLE==' : undefined);
  });
});

test('the canonical request is spelt as the vendor spells it', () => {
  const headers = { Host: 'servicestage.ap-southeast-3.myhuaweicloud.com', 'X-Sdk-Date': sdkDate(now) };
  expect(canonicalRequest(get(list, headers))).toBe(
    [
      'GET',
      `/v3/${project}/cas/release-plans/`,
      '',
      'host:servicestage.ap-southeast-3.myhuaweicloud.com',
      'x-sdk-date:20260105T080910Z',
      '',
      'host;x-sdk-date',
      'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    ].join('\n'),
  );
});

test('a segment that is encoded already is encoded again, as the vendor’s SDKs do', () => {
  expect(canonicalRequest(get('https://x.example/a%2Fb/c d')).split('\n')[1]).toBe('/a%252Fb/c%2520d/');
});

test('an empty value keeps its sign of equality', () => {
  expect(canonicalRequest(get('https://x.example/?b=&a')).split('\n')[2]).toBe('a=&b=');
});
