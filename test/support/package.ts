import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Template } from './stack.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

type Ran = { readonly code: number; readonly text: string };

export type Service = Awaited<ReturnType<typeof openService>>;

/** A folder with this product's serverless.yml and nothing built, as a fresh checkout is. */
export async function openService() {
  const folder = await mkdtemp(join(tmpdir(), 'planwatch-service-'));
  await copyFile(join(root, 'serverless.yml'), join(folder, 'serverless.yml'));
  await symlink(join(root, 'handlers'), join(folder, 'handlers'));

  const run = (script: string, args: readonly string[], env: Readonly<Record<string, string>>) =>
    new Promise<Ran>((resolve) => {
      const options = { cwd: folder, env: { PATH: process.env['PATH'], HOME: folder, ...env } };
      execFile(process.execPath, [join(root, script), ...args], options, (error, out, err) =>
        resolve({ code: error ? Number(error.code) : 0, text: out + err }),
      );
    });
  const serverless = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
    run('node_modules/serverless/bin/serverless.js', args, env);

  return {
    folder,
    write: (name: string, text: string) => writeFile(join(folder, name), text),
    build: (env: Readonly<Record<string, string>> = {}) => run('build.ts', [], env),
    serverless,
    /** The template that a deploy would send; throws what was said instead. */
    async template(args: readonly string[] = [], env: Readonly<Record<string, string>> = {}): Promise<Template> {
      const { code, text } = await serverless(['package', ...args], env);
      if (code !== 0) throw new Error(text);
      return JSON.parse(await readFile(join(folder, '.serverless/cloudformation-template-update-stack.json'), 'utf8'));
    },
    close: () => rm(folder, { recursive: true, force: true }),
  };
}
