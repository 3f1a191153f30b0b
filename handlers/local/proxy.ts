import http from 'node:http';
import type { Env } from '../../lib/environment.ts';
import { UsageError } from './usage-error.ts';

/** This machine, and where AWS hands out the credentials of a machine or a container, are behind no proxy. */
const direct = ['localhost', '127.0.0.1', '::1', '169.254.169.254', '169.254.170.2', '169.254.170.23'];

/**
 * Lets every `fetch` go through HTTPS_PROXY or HTTP_PROXY but for what NO_PROXY names. Node does so by itself only where
 * NODE_USE_ENV_PROXY is set: https://nodejs.org/api/http.html#built-in-proxy-support. Throws what to do about a bad one.
 */
export function useProxyOf(env: Env): void {
  const read = (name: string): string | undefined => env(name.toLowerCase()) || env(name) || undefined;
  const [httpProxy, httpsProxy] = [read('HTTP_PROXY'), read('HTTPS_PROXY')];
  if (httpProxy === undefined && httpsProxy === undefined) return;
  for (const [name, value] of Object.entries({ HTTP_PROXY: httpProxy, HTTPS_PROXY: httpsProxy })) {
    // Not quoted: it may hold a password.
    if (value !== undefined && !/^https?:$/.test(URL.parse(value)?.protocol ?? ''))
      throw new UsageError(`${name} is not an address that can be used: write http://host:port, or unset it.`);
  }
  if (typeof http.setGlobalProxyFromEnv !== 'function') throw new UsageError('HTTPS_PROXY needs Node 24.14 or later.');
  http.setGlobalProxyFromEnv({
    ...(httpProxy !== undefined && { http_proxy: httpProxy }),
    ...(httpsProxy !== undefined && { https_proxy: httpsProxy }),
    no_proxy: [read('NO_PROXY'), ...direct].filter(Boolean).join(','),
  });
}
