import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';

/** `cache`: how long a browser may keep it. */
type Asset = { readonly type: string; readonly body: string | Uint8Array; readonly cache?: string };

const folder = join(import.meta.dirname, '../page');

/** The views of the page, each with an address of its own; what is shown there is the browser's business. */
export const views = ['/', '/plans', '/health'] as const;

/** The page by path. Bundled in memory at each start, in some 200 ms, so that there is nothing to build before `npm start`. */
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
      // What is imported when it is needed comes as a file of its own: Microsoft's card renderer is five times the rest.
      splitting: true,
      chunkNames: 'chunk-[hash]',
      target: 'es2022',
      jsx: 'automatic',
      jsxImportSource: 'preact',
      legalComments: 'none',
      logLevel: 'silent',
    }),
  ]);
  const page = { type: 'text/html; charset=utf-8', body: html };
  return new Map<string, Asset>([
    ...views.map((path) => [path, page] as const),
    // It is drawn anew with each message, also while the server is gone.
    ['/icon.svg', { type: 'image/svg+xml', body: icon, cache: 'max-age=86400' }],
    ...outputFiles.map(({ path, contents }) => [path, { type: typeOf(path), body: contents }] as const),
  ]);
}

const typeOf = (path: string): string =>
  path.endsWith('.css') ? 'text/css; charset=utf-8' : 'text/javascript; charset=utf-8';
