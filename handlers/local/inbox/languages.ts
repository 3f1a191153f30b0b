import { composeMessage, type Message, type Telling } from '../../../lib/core/message.ts';
import type { Language } from './view.ts';

/** What messages can be written in, the default first: the one place that a further language of `lib/core` is named for the page. */
export const languages: readonly Language[] = [{ id: 'en', name: 'English' }];

/** The language asked for, or the default. */
export const languageOf = (asked: string | null): string =>
  languages.find(({ id }) => id === asked)?.id ?? languages[0]?.id ?? 'en';

export const composeIn = (_language: string, telling: Telling): Message => composeMessage(telling);
