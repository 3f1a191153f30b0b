import type { Env } from '../../../lib/environment.ts';
import type { CheckDeps } from '../../../lib/flow/check.ts';
import { openDestination, sourcesOf } from '../../../lib/wire.ts';
import { type LocalApp, localKinds, queueFolder, storeFolder } from '../platform.ts';
import { awsState } from './aws-state.ts';
import { createProjectReader } from './project-reader.ts';

/** What there is to check: the configuration's sources and destinations, and the state on AWS or on this machine. */
export function checkDeps({ config, platform, queue }: LocalApp, home: string, env: Env): CheckDeps {
  const { secrets, fetch, now, random } = platform;
  const sources = sourcesOf(config, platform);
  const local = {
    store: { name: storeFolder(home), store: platform.store },
    queue: {
      name: queueFolder(home),
      async probe() {
        const { messages } = await queue.waiting();
        return messages === 0 ? 'it is empty' : `${messages} messages wait in it`;
      },
    },
  };
  return {
    fetch,
    now,
    random,
    sources: config.sources.flatMap((one) => {
      const source = sources[one.name];
      const reader = createProjectReader(one, { ...platform, secret: secrets });
      return source ? [{ name: one.name, edition: one.edition, source, ...reader }] : [];
    }),
    destinations: Object.keys(config.destinations).map((name) => ({
      name,
      open: (through) => openDestination(config, { ...platform, fetch: through }, localKinds, name),
    })),
    ...(awsState(env, platform) ?? local),
  };
}
