/** What `build.ts` makes of it: the checked planwatch.yml, compiled in, or `configFromEnvironment` where there is none. */
declare module 'planwatch:config' {
  const configured: typeof import('../../lib/environment.ts').configFromEnvironment;
  export default configured;
}
