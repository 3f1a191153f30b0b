import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { requestsOf } from '../../handlers/local/preview/requests.ts';
import { tellingEvents } from '../../handlers/local/preview/telling-events.ts';
import type { ChannelKind, Settings } from '../../lib/channels/channel.ts';
import { composeMessage } from '../../lib/core/message.ts';

/** Which of the telling events in which language: all in English, and in Chinese two that hold nearly every word. */
const events = tellingEvents();
const pages = [
  ...events.map((event) => ({ ...event, language: 'en' as const })),
  ...events
    .filter(({ name }) => ['failed', 'digest'].includes(name))
    .map((event) => ({ ...event, language: 'zh' as const })),
];

const mentioned = ['here', 'all'] as const;

/**
 * Each kind's requests as they were last looked at by a person: `golden/<kind>.<language>.<event>.json`.
 * `UPDATE_GOLDEN=1 npm run unit -- test/channels` writes them anew; look at what changed before it is committed.
 */
export function describeGolden(name: string, kind: ChannelKind, settings: Settings = kind.example): void {
  describe(`${name}: the messages that people looked at`, () => {
    test.each(pages)('$language, $name', async ({ name: event, language, id, events }) => {
      const mention = event === 'failed' ? callable(kind) : [];
      const zone = language === 'zh' ? 'Asia/Shanghai' : 'UTC';
      const message = composeMessage({ id, events, mention }, { language, timezone: zone });
      const now = () => new Date('2026-11-24T03:04:06.789Z');
      const { requests, fault } = await requestsOf(kind, settings, message, now);
      expect(fault).toBeUndefined();
      // A library's names the machine it runs on.
      const shown = requests.map(({ headers: { 'user-agent': _, ...headers }, ...request }) => {
        return { ...request, headers, body: parsed(request.body) };
      });
      const file = new URL(`golden/${name}.${language}.${event}.json`, import.meta.url);
      if (process.env['UPDATE_GOLDEN'] === '1') {
        mkdirSync(new URL('.', file), { recursive: true });
        writeFileSync(file, `${JSON.stringify(shown, null, 2)}\n`);
      }
      if (!existsSync(file)) throw new Error(`${file.pathname} is missing: UPDATE_GOLDEN=1 writes it`);
      expect(shown).toEqual(JSON.parse(readFileSync(file, 'utf8')));
    });
  });
}

/** The failure calls somebody, where the kind can. */
const callable = ({ mentions }: ChannelKind): string[] =>
  mentions === 'nobody' ? [] : mentioned.filter((sort) => mentions[sort] === true).slice(0, 1);

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}
