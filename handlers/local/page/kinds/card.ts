import { webLink } from '../web-link.ts';

/** A message of any chat in four parts: exactly the words of its payload, in the order in which they stand there. */
export type Card = {
  readonly title: string;
  /** `#rrggbb`, or a word that a style names; empty: none. */
  readonly colour: string;
  readonly texts: readonly string[];
  readonly fields: readonly { readonly label: string; readonly value: string }[];
  readonly links: readonly { readonly label: string; readonly href: string }[];
};

type Parts = {
  title: string;
  colour: string;
  readonly texts: string[];
  readonly fields: { label: string; value: string }[];
  readonly links: { label: string; href: string }[];
};

const titleKeys = new Set(['title', 'summary', 'subject', 'header', 'headline']);
const textKeys = new Set([
  'text',
  'content',
  'description',
  'markdown',
  'body',
  'message',
  'value',
  'footer',
  'subtitle',
]);
const colourKeys = new Set(['color', 'colour', 'template', 'themeColor', 'severity']);
const linkKeys = new Set(['url', 'href', 'link', 'messageUrl', 'singleURL']);
const labelKeys = ['label', 'name', 'title', 'topLabel', 'key', 'text'];

/** What it holds, whichever chat it is for: by the names that their documents give to things. */
export function cardOf(payload: unknown): Card {
  const parts: Parts = { title: '', colour: '', texts: [], fields: [], links: [] };
  walk(payload, '', parts);
  return parts;
}

type Json = Readonly<Record<string, unknown>>;

function walk(value: unknown, key: string, parts: Parts): void {
  if (Array.isArray(value)) {
    for (const one of value) walk(one, key, parts);
    return;
  }
  if (typeof value === 'string' || typeof value === 'number') {
    take(String(value), value, key, parts);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  const json = value as Json;
  const field = fieldOf(json);
  if (field) parts.fields.push(field);
  else if (linkOf(json, parts)) return;
  // A text that is an object of its own (`{tag: "plain_text", content: "…"}`) is what its key says.
  else
    for (const [name, inner] of Object.entries(json))
      walk(inner, titleKeys.has(key) && textKeys.has(name) ? key : name, parts);
}

function take(words: string, value: string | number, key: string, parts: Parts): void {
  if (words === '') return;
  if (colourKeys.has(key)) parts.colour ||= colourOf(value);
  else if (typeof value === 'number') return;
  else if (linkKeys.has(key)) addLink(parts, words, words);
  else if (titleKeys.has(key) && parts.title === '') parts.title = words;
  else if (titleKeys.has(key) || textKeys.has(key)) parts.texts.push(words);
}

/** A name with a value beside it. */
function fieldOf(json: Json): { label: string; value: string } | undefined {
  const { value } = json;
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const key = labelKeys.find((name) => typeof json[name] === 'string');
  return key === undefined ? undefined : { label: String(json[key]), value: String(value) };
}

/** A button or a link: an address beside its words. */
function linkOf(json: Json, parts: Parts): boolean {
  const address = [...linkKeys].map((name) => json[name]).find((one) => typeof one === 'string');
  const label = labelKeys.map((name) => textOf(json[name])).find((one) => one !== undefined);
  // A title that is a link itself is still a title, with texts and fields beside it.
  const holdsMore = typeof json['description'] === 'string' || Object.values(json).some(Array.isArray);
  if (address === undefined || label === undefined || holdsMore) return false;
  return addLink(parts, label, String(address));
}

const textOf = (value: unknown): string | undefined => {
  if (typeof value === 'string') return value;
  const { content, text } = (typeof value === 'object' && value !== null ? value : {}) as Json;
  return [content, text].find((one) => typeof one === 'string');
};

function addLink(parts: Parts, label: string, address: string): boolean {
  const href = webLink(address);
  if (href === undefined) return false;
  parts.links.push({ label, href });
  return true;
}

/** Discord writes a colour as a whole number, Feishu as a word. */
function colourOf(value: string | number): string {
  if (typeof value === 'number') return `#${value.toString(16).padStart(6, '0')}`;
  if (/^#?[0-9a-f]{6}$/i.test(value)) return value.startsWith('#') ? value : `#${value}`;
  return words[value.toLowerCase()] ?? '';
}

const words: Readonly<Record<string, string>> = {
  red: '#e01e5a',
  carmine: '#e01e5a',
  critical: '#e01e5a',
  error: '#e01e5a',
  orange: '#ecb22e',
  yellow: '#ecb22e',
  warning: '#ecb22e',
  green: '#2eb67d',
  blue: '#36a3d9',
  wathet: '#36a3d9',
  info: '#36a3d9',
  grey: '#8d8d8d',
};
