/** What `build.ts` compiles in: the checked planwatch.yml, or null where there is none and the environment decides. */
declare module 'planwatch:config' {
  import type { Config } from '../../lib/core/config.ts';

  const config: Config | null;
  export default config;
}
