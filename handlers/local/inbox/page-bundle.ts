import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';

export type Asset = { readonly type: string; readonly body: string | Uint8Array };

const folder = join(import.meta.dirname, '../page');

/** The page by path. Bundled in memory at each start, in some 20 ms, so that there is nothing to build before `npm start`. */
export async function bundlePage(): Promise<ReadonlyMap<string, Asset>> {
  const [html, icon, { outputFiles }] = await Promise.all([
    readFile(join(folder, 'index.html')),
    readFile(join(folder, 'icon.svg')),
    build({
      entryPoints: [
        { in: join(folder, 'main.tsx'), out: 'app' },
        { in: join(folder, 'styles/all.css'), out: 'app' },
      ],
      outdir: '/',
      bundle: true,
      minify: true,
      write: false,
      format: 'esm',
      target: 'es2022',
      jsx: 'automatic',
      jsxImportSource: 'preact',
      legalComments: 'none',
      logLevel: 'silent',
    }),
  ]);
  const asset = (ending: string): Uint8Array => {
    const file = outputFiles.find(({ path }) => path.endsWith(ending));
    if (!file) throw new Error(`esbuild made no ${ending} of ${folder}`);
    return file.contents;
  };
  return new Map([
    ['/', { type: 'text/html; charset=utf-8', body: html }],
    ['/icon.svg', { type: 'image/svg+xml', body: icon }],
    ['/app.js', { type: 'text/javascript; charset=utf-8', body: asset('app.js') }],
    ['/app.css', { type: 'text/css; charset=utf-8', body: asset('app.css') }],
  ]);
}
