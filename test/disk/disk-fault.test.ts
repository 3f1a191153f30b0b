import { describe, expect, test } from '@jest/globals';
import { codeOf, diskAdvice } from '../../lib/disk/disk-fault.ts';
import { queueFault } from '../../lib/queues/queue-fault.ts';
import { fileFault } from '../../lib/stores/file-fault.ts';

const path = '/home/li/state/log/a';
const refused = (code: string, syscall: string) =>
  Object.assign(new Error(`${code}: it was refused, ${path}`), { code, syscall, path });

describe('what a disk refuses', () => {
  test.each([
    ['EACCES', 'open', 'read and write access'],
    ['EROFS', 'open', 'read-only'],
    ['ENOSPC', 'write', 'disk is full'],
    ['EFBIG', 'write', 'larger than this process may write'],
    ['EPERM', 'link', 'hard links'],
    ['EPERM', 'open', 'read and write access'],
  ])('%s from %s is told with what to do, by store and by queue', (code, syscall, advice) => {
    const { message } = fileFault('put', 'log/a', '/home/li/state', refused(code, syscall));
    expect(message).toMatch(new RegExp(`^Store: put "log/a": ${code} at log/a: .*${advice}`));
    // The store names the place from the state folder on.
    expect(message).not.toContain('/home');
    const taking = queueFault('take the lock', refused(code, syscall)).message;
    expect(taking).toMatch(new RegExp(`^Cannot take the lock: .*${advice}.* \\(${code}\\)\\.$`));
  });

  test('a code that nobody knows here is shown', () => {
    expect(diskAdvice(refused('EWHATEVER', 'open'))).toBeUndefined();
    expect(fileFault('get', 'a', '/x', refused('EWHATEVER', 'open')).message).toContain('EWHATEVER');
    expect(queueFault('look', refused('EWHATEVER', 'open')).message).toContain('(EWHATEVER)');
  });

  test.each([[undefined], [null], ['text'], [new Error('no code')], [{ code: 5 }]])('%p has no code', (error) => {
    expect(codeOf(error)).toBe('');
    expect(diskAdvice(error)).toBeUndefined();
  });
});
