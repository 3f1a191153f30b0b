import type { Env } from '../../../lib/environment.ts';
import { check as runCheck } from '../../../lib/flow/check.ts';
import { amiss, type Finding, ok } from '../../../lib/flow/finding.ts';
import { checkDeps } from '../check/deps.ts';
import { colours as pc } from '../colours.ts';
import { createProgress } from '../progress.ts';
import type { Setup } from '../setup.ts';
import { withApp } from '../single-run.ts';
import { printable, type Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';

type CheckOptions = { readonly config?: string; readonly send: boolean };

export type Verdict = 'fine' | 'failed' | 'misconfigured';

/**
 * Tries everything that planwatch needs, and says of each what was found and what to do; with --json one object,
 * `{ok, findings: [{area, name, what, state, found, advice?}]}`. A warning does not fail it.
 */
export async function check(options: CheckOptions, env: Env, terminal: Terminal): Promise<Verdict> {
  const findings: Finding[] = [];
  const tell = (finding: Finding): void => {
    for (const line of linesOf(finding, findings.at(-1))) terminal.say(line);
    findings.push(finding);
  };
  const end = (verdict: Verdict): Verdict => {
    terminal.json({ ok: verdict === 'fine', findings });
    terminal.say(`\n${summary(findings)}`);
    return verdict;
  };
  try {
    await withApp(options, env, {}, async ({ app, setup }) => {
      const deps = checkDeps(app, setup.home, env);
      tell(configurationOf(setup));
      const progress = createProgress('Checking:');
      // What is being asked may take its time, and says nothing meanwhile.
      const show = () => progress.update(subjectsOf(findings), deps.sources.length + deps.destinations.length + 3);
      const shown = setInterval(show, 200);
      try {
        for await (const finding of runCheck(deps, options)) progress.aside(() => tell(finding));
      } finally {
        clearInterval(shown);
        progress.end();
      }
    });
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    for (const fault of error.faults) tell(amiss('failed', configuration, fault));
    return end('misconfigured');
  }
  return end(findings.some(({ state }) => state === 'failed') ? 'failed' : 'fine');
}

/** Beside the sources and the destinations: configuration, store and queue. */
const subjectsOf = (findings: readonly Finding[]): number =>
  new Set(findings.map(({ area, name }) => `${area} ${name}`)).size;

const configuration = { area: 'configuration', name: '', what: 'read' } as const;

/** Somebody whose variables are not set must not take a sample's health for their own. */
function configurationOf(setup: Setup): Finding {
  if (setup.kind === 'sample') {
    const advice = 'Write planwatch.yml (planwatch.example.yml shows how), or set the variables that README lists.';
    return amiss(
      'warning',
      configuration,
      'no planwatch.yml and no credentials here: this is the sample cloud',
      advice,
    );
  }
  const { sources, destinations } = setup.config;
  const [watched, told] = [sources.length, Object.keys(destinations).length];
  return ok({ ...configuration, name: setup.from }, `sources: ${watched}, destinations: ${told}`);
}

const marks: Record<Finding['state'], string> = {
  ok: pc.green('ok     '),
  warning: pc.yellow('warning'),
  failed: pc.red('failed '),
};

/** A headline for each thing that is looked at; below it what was tried there, what was found, and what to do. */
function linesOf({ area, name, what, state, found, advice }: Finding, before: Finding | undefined): string[] {
  const headline = area === before?.area && name === before.name ? [] : [pc.bold(`${area} ${name}`.trim())];
  return [
    ...headline,
    // A fault of planwatch.yml has its place in the lines below it.
    ...found
      .split('\n')
      .map((line, index) => (index === 0 ? `  ${marks[state]}  ${what.padEnd(whatWidth)}  ${line}` : line)),
    ...(advice ? [`           ${' '.repeat(whatWidth)}${pc.dim(`→ ${advice}`)}`] : []),
  ].map(printable);
}

const whatWidth = 'create-if-absent'.length;

function summary(findings: readonly Finding[]): string {
  const count = (wanted: Finding['state']) => findings.filter(({ state }) => state === wanted).length;
  const [failed, warnings] = [count('failed'), count('warning')];
  if (failed + warnings === 0) return pc.green('All is well.');
  const parts = [failed && `${failed} failed`, warnings && `${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`];
  return (failed ? pc.red : pc.yellow)(`${parts.filter(Boolean).join(', ')}.`);
}
