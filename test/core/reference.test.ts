import { describe, expect, test } from '@jest/globals';
import { intendedKind, isSecretRef, parseSecretRef, type Reference, referenceFault } from '../../lib/core/reference.ts';

const arn = 'arn:aws:secretsmanager:eu-central-1:000000000000:secret:a_b+c=@-AbCdEf';

describe('a reference', () => {
  test.each<[string, Reference]>([
    ['env:A', { kind: 'env', name: 'A' }],
    ['env:SLACK_URL_2', { kind: 'env', name: 'SLACK_URL_2' }],
    ['env:_a', { kind: 'env', name: '_a' }],
    ['file:/run/secrets/a b:c', { kind: 'file', path: '/run/secrets/a b:c' }],
    ['ssm:/a', { kind: 'ssm', name: '/a' }],
    ['ssm:/planwatch/slack-1.x_Y', { kind: 'ssm', name: '/planwatch/slack-1.x_Y' }],
    ['secretsmanager:a', { kind: 'secretsmanager', id: 'a' }],
    ['secretsmanager:planwatch/oncall#signing', { kind: 'secretsmanager', id: 'planwatch/oncall', key: 'signing' }],
    ['secretsmanager:a#b c#d', { kind: 'secretsmanager', id: 'a', key: 'b c#d' }],
    [`secretsmanager:${arn}`, { kind: 'secretsmanager', id: arn }],
    [`secretsmanager:${arn}#k`, { kind: 'secretsmanager', id: arn, key: 'k' }],
  ])('%s is taken apart', (text, reference) => {
    expect(parseSecretRef(text)).toStrictEqual(reference);
    expect([isSecretRef(text), referenceFault(text)]).toStrictEqual([true, undefined]);
  });
});

const how = 'write where it is kept: env:NAME, ssm:/name, secretsmanager:id#json-key or file:/path';
const illFormed = (spelling: string) => `is not a well-formed reference: write ${spelling}`;
const env = illFormed('env:NAME (the name of a variable: letters, digits and _)');
const ssm = illFormed('ssm:/name (a parameter, with its leading slash)');
const secretsManager = illFormed('secretsmanager:id or secretsmanager:id#json-key');
const file = illFormed('file:/path (from the root)');
const literal = `is a literal where a secret belongs: keep the value out of the configuration and ${how}`;

describe('what is not a reference', () => {
  test.each<[string, Reference['kind'] | undefined, string]>([
    ['env:', 'env', env],
    ['env:1A', 'env', env],
    ['env:A B', 'env', env],
    ['env:A-B', 'env', env],
    ['env:A\n', 'env', env],
    [' env:A', 'env', env],
    ['\t env \t:A', 'env', env],
    ['ENV:A', 'env', env],
    ['ssm:', 'ssm', ssm],
    ['ssm:/', 'ssm', ssm],
    ['ssm:name', 'ssm', ssm],
    ['ssm:/a b', 'ssm', ssm],
    ['Ssm:/a', 'ssm', ssm],
    ['secretsmanager:', 'secretsmanager', secretsManager],
    ['secretsmanager:#k', 'secretsmanager', secretsManager],
    ['secretsmanager:a#', 'secretsmanager', secretsManager],
    ['secretsmanager:a b', 'secretsmanager', secretsManager],
    ['secretsmanager:a#k\n', 'secretsmanager', secretsManager],
    ['secretsmanager:a#k\r', 'secretsmanager', secretsManager],
    ['SecretsManager:a', 'secretsmanager', secretsManager],
    ['file:', 'file', file],
    ['file:/', 'file', file],
    ['file:relative', 'file', file],
    ['file:/a\nb', 'file', file],
    ['file:/a\rb', 'file', file],
    ['file:/a\0b', 'file', file],
    ['', undefined, `is empty: ${how}`],
    [' \n', undefined, `is empty: ${how}`],
    ['hunter2', undefined, literal],
    ['vault:/hunter2', undefined, literal],
    // Neither starts like a reference, whatever it holds.
    ['hunter2 env:A', undefined, literal],
    ['my-env:A', undefined, literal],
    ['env', undefined, literal],
    ['environment:A', undefined, literal],
    ['https://hooks.slack.com/hunter2', undefined, literal],
  ])('%j looks like %s and %s', (text, kind, fault) => {
    expect([parseSecretRef(text), isSecretRef(text)]).toStrictEqual([undefined, false]);
    expect(intendedKind(text)).toBe(kind);
    expect(referenceFault(text)).toBe(fault);
    // What stands where a secret belongs may be one.
    expect(fault).not.toContain('hunter2');
  });
});
