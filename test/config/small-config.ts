import { formatFaults, type Kinds, parseConfig } from '../../lib/config.ts';

/** Two kinds with every sort of setting, a configuration that is whole, and what parsing one comes to. */

export const kinds: Kinds = {
  slack: {
    mentions: { here: true, all: true, user: /^U\d+$/ },
    settings: { url: { type: 'secret-address', required: true, description: 'Webhook address.' } },
  },
  webhook: {
    mentions: 'nobody',
    settings: {
      url: { type: 'address', required: true, description: 'Where to post.' },
      secret: { type: 'secret', required: false, description: 'Signs.' },
      topic: { type: 'text', required: false, description: 'Shown.' },
      keys: { type: 'secrets', required: false, description: 'Sign.' },
      format: { type: 'choice', choices: ['plain', 'rich'], required: false, description: 'How.' },
      headers: { type: 'headers', required: false, description: 'Added.' },
      source: { type: 'source', required: false, description: 'Whose keys.' },
    },
  },
};

export const valid = `sources:
  - name: shop
    region: ap-southeast-3
    projectId: 0123456789abcdef0123456789abcdef
    auth: { token: env:X }
destinations:
  releases: { kind: slack, url: ssm:/planwatch/slack }
  hook: { kind: webhook, url: https://hooks.example.com/x }
`;

/** A line of it. */
export const shop = 'projectId: 0123456789abcdef0123456789abcdef';

export const faultsOf = (text: string) => {
  const result = parseConfig(text, { kinds });
  return 'faults' in result ? result.faults : [];
};

/** `line path: message`, one a fault. */
export const told = (text: string): string[] =>
  faultsOf(text).map(({ path, line, message }) => `${line} ${path}: ${message}`);

export const configOf = (text: string) => {
  const result = parseConfig(text, { kinds });
  if ('faults' in result) throw new Error(formatFaults(result.faults).join('\n'));
  return result.config;
};
