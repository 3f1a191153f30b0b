import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const cli = fileURLToPath(new URL('../../handlers/local/cli.ts', import.meta.url));

type Ended = { readonly code: number | null; readonly out: string; readonly err: string };

export type Running = {
  readonly child: ChildProcess;
  /** Everything written so far, both streams. */
  text(): string;
  /** Resolves with the first match in what is written; throws when the process ends or `withinMs` pass without one. */
  until(pattern: RegExp, withinMs?: number): Promise<RegExpExecArray>;
  ended: Promise<Ended>;
};

export type Desk = {
  /** A folder of its own, where the command is run and keeps its state. */
  readonly folder: string;
  /** Runs to its end. */
  run(args: readonly string[], env?: Readonly<Record<string, string>>, input?: string): Promise<Ended>;
  /** `input`: what a person types. */
  open(args: readonly string[], env?: Readonly<Record<string, string>>, input?: string): Running;
  close(): Promise<void>;
};

/** The real command in real processes, in an empty folder and an environment that holds nothing of the machine's. */
export async function createDesk(): Promise<Desk> {
  const folder = await mkdtemp(join(tmpdir(), 'planwatch-desk-'));
  const running = new Set<ChildProcess>();

  function open(args: readonly string[], env: Readonly<Record<string, string>> = {}, input?: string): Running {
    const child = spawn(process.execPath, [cli, ...args], {
      cwd: folder,
      env: { PATH: process.env['PATH'], NO_COLOR: '1', ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    // Whoever has read enough closes it first, which is no fault.
    child.stdin.on('error', () => undefined).end(input);
    running.add(child);
    let [out, err] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      err += text;
    });
    const ended = once(child, 'close').then(([code]): Ended => {
      running.delete(child);
      return { code, out, err };
    });
    return {
      child,
      text: () => out + err,
      ended,
      async until(pattern, withinMs = 30_000) {
        const late = Date.now() + withinMs;
        for (;;) {
          const found = pattern.exec(out + err);
          if (found) return found;
          if (child.exitCode !== null || Date.now() > late) throw new Error(`no ${pattern} in:\n${out}${err}`);
          await pause(20);
        }
      },
    };
  }

  return {
    folder,
    open,
    run: (args, env, input) => open(args, env, input).ended,
    async close() {
      for (const child of running) {
        child.kill('SIGKILL');
        await once(child, 'close');
      }
      await rm(folder, { recursive: true, force: true });
    },
  };
}
