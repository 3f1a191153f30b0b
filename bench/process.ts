import { readdirSync, readFileSync } from 'node:fs';

/** CPU of every thread of a process so far, in ms; Linux only. */
export function cpuMs(pid: number): number {
  const tasks = `/proc/${pid}/task`;
  const ns = readdirSync(tasks).map((task) => {
    try {
      return Number(readFileSync(`${tasks}/${task}/schedstat`, 'utf8').split(' ')[0]);
    } catch {
      // A thread that ended while we counted.
      return 0;
    }
  });
  return ns.reduce((sum, one) => sum + one, 0) / 1e6;
}

/** The most memory that a process ever had, in MB; Linux only. */
export function peakMb(pid: number): number {
  const kb = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kb) / 1024;
}
