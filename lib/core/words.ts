import { en, type Words } from './words/en.ts';
import { zh } from './words/zh.ts';

export type { Words } from './words/en.ts';

/** What a channel draws around the parts of a message, in the reader's language. */
export type Labels = Words['labels'];

// A line each: a build leaves out those that planwatch.yml does not name.
const dictionaries = {
  en,
  zh,
} satisfies Record<string, Words>;

export type Language = keyof typeof dictionaries;

export const languages = Object.keys(dictionaries) as Language[];

/** One of a later version, before a deploy was rolled back, is English. */
export const wordsOf = (language: Language = 'en'): Words => dictionaries[language] ?? en;
