import { isInsecure } from '../core/fault.ts';
import type { Outcome } from '../core/outcome.ts';
import type { Settings } from './settings.ts';

export type Misconfigured = Extract<Outcome, { kind: 'misconfigured' }>;

/**
 * Reads the address in a setting. What is wrong with it is told by the setting's name, never by its value: it may be
 * the secret. Blanks around it are dropped, since a secret read from a file ends in a line break.
 */
export function readAddress(setting: string, settings: Settings): URL | Misconfigured {
  const text = String(settings[setting] ?? '').trim();
  if (text === '') return wrong(`${setting} is empty`, `Set ${setting} to the address to post to.`);
  if (!URL.canParse(text))
    return wrong(`${setting} is not a URL`, `Set ${setting} to a whole address, https://host/path`);
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') {
    return wrong(`${setting} holds a user name or a password`, `Leave what stands before the @ out of ${setting}.`);
  }
  const clear = isInsecure(text) && settings['allowInsecure'] !== true;
  if (/^https?:$/.test(url.protocol) && !clear) return url;
  return wrong(
    `${setting} is not an https address`,
    `Use https in ${setting}; http is only for this machine itself, or with allowInsecure: true.`,
  );
}

/** The same for a service that has one address for everybody, unless this setting names another; with a path behind it. */
export function readEndpoint(setting: string, settings: Settings, standard: string, path: string): URL | Misconfigured {
  const address = readAddress(setting, { ...settings, [setting]: settings[setting] ?? standard });
  if (!('kind' in address)) address.pathname = `${address.pathname.replace(/\/+$/, '')}${path}`;
  return address;
}

const wrong = (reason: string, advice: string): Misconfigured => ({ kind: 'misconfigured', reason, advice });
