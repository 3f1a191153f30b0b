import { describe, expect, test } from '@jest/globals';
import {
  addressFault,
  endpointFault,
  isInsecure,
  nameFault,
  projectIdFault,
  regionFault,
} from '../../lib/core/fault.ts';

const noName = 'is not a name: 1 to 40 of a-z, 0-9 and -';
const noRegion = 'is not a region: write its id, such as ap-southeast-3';
const noProject = 'is not a project ID: 32 of 0-9 and a-f, as "My Credentials" in the console shows it for the region';
const blank = 'holds a space or a control character: write https://host/path';
const noAddress = 'is not an address: write https://host/path';
const credentials = 'holds a user name or password, which would show up in logs: write the address without them';
const noRoom = 'has a ? or #, but paths are put behind it: write https://host or https://host/path';

const good = undefined;
const [forty, projectId] = ['x'.repeat(40), '0123456789abcdef'.repeat(2)];

test.each([
  ['shop-prod', good],
  ['0', good],
  ['-', good],
  [forty, good],
  ['', noName],
  [`${forty}x`, noName],
  ['Shop', noName],
  ['shoP', noName],
  ['my shop', noName],
  // It becomes a part of an object's key.
  ['../shop', noName],
  ['shop\n', noName],
  ['lädchen', noName],
])('as a name, %j: %s', (text, fault) => {
  expect(nameFault(text)).toBe(fault);
});

test.each([
  ['ap-southeast-3', good],
  ['a', good],
  ['ab', good],
  ['a--b', good],
  [forty, good],
  [`${forty}x`, noRegion],
  ['', noRegion],
  ['-a', noRegion],
  ['a-', noRegion],
  // It becomes a part of a host's name, and must not make it another host.
  ['evil.example/', noRegion],
  ['/a', noRegion],
  ['a@', noRegion],
  ['a.b', noRegion],
  ['AP-SOUTHEAST-3', noRegion],
  ['a\n', noRegion],
])('as a region, %j: %s', (text, fault) => {
  expect(regionFault(text)).toBe(fault);
});

test.each([
  [projectId, good],
  [projectId.slice(1), noProject],
  [`${projectId}0`, noProject],
  [`/${projectId}`, noProject],
  [`${projectId}\n`, noProject],
  [projectId.toUpperCase(), noProject],
  ['g'.repeat(32), noProject],
  ['', noProject],
])('as a project ID, %j: %s', (text, fault) => {
  expect(projectIdFault(text)).toBe(fault);
});

describe('an address', () => {
  test.each([
    ['https://hooks.example.com/x?a=b#c', good],
    ['http://127.0.0.1:8080', good],
    ['HTTPS://hooks.example.com', good],
    ['https://hooks.example.com /x', blank],
    [' https://hooks.example.com', blank],
    ['https://hooks.example.com\n', blank],
    ['https://hooks.example.com/\u0000', blank],
    ['https://hooks.example.com/\u007f', blank],
    ['https://hooks.example.com/\u00a0', blank],
    ['', noAddress],
    ['hooks.example.com', noAddress],
    ['https://', noAddress],
    ['https://[::1', noAddress],
    // URL reads these as https://hooks.example.com, which nobody wrote.
    ['https:hooks.example.com', noAddress],
    ['https:/hooks.example.com', noAddress],
    ['ftp://hooks.example.com', noAddress],
    ['xhttps://hooks.example.com', noAddress],
    ['httpss://hooks.example.com', noAddress],
    ['https://user@hooks.example.com', credentials],
    ['https://:word@hooks.example.com', credentials],
    ['https://user:word@hooks.example.com', credentials],
  ])('%j: %s', (text, fault) => {
    expect(addressFault(text)).toBe(fault);
  });

  test.each([
    ['https://servicestage.example.com', good],
    ['https://servicestage.example.com/path', good],
    ['https://servicestage.example.com/?a=b', noRoom],
    ['https://servicestage.example.com?', noRoom],
    ['https://servicestage.example.com/#a', noRoom],
    ['servicestage.example.com?', noAddress],
    ['https://user@servicestage.example.com?', credentials],
  ])('that paths are put behind, %j: %s', (text, fault) => {
    expect(endpointFault(text)).toBe(fault);
  });
});

describe('credentials sent there cross a network in clear', () => {
  test.each([
    ['http://hooks.example.com', true],
    ['HTTP://hooks.example.com', true],
    ['https://hooks.example.com', false],
    ['http://localhost:8080/x', false],
    ['http://LOCALHOST', false],
    ['http://s3.localhost', false],
    ['http://[::1]:8080', false],
    ['http://127.0.0.1', false],
    ['http://127.255.255.254', false],
    // URL reads these as 127.0.0.1, and so does whoever connects.
    ['http://127.1', false],
    ['http://2130706433', false],
    ['http://128.0.0.1', true],
    ['http://[::2]', true],
    ['http://notlocalhost', true],
    ['http://localhost.example.com', true],
    ['http://127.0.0.1.example.com', true],
    ['http://127.example.com', true],
    ['http://0.0.0.0', true],
    ['ftp://hooks.example.com', false],
    ['no address', false],
    ['', false],
  ])('%j: %p', (text, insecure) => {
    expect(isInsecure(text)).toBe(insecure);
  });
});
