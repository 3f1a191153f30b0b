import type { StatusClass } from './plan.ts';
import type { Language } from './words.ts';

/** The configuration once it is checked, as plain data: what the build compiles into the functions. */

/** `env:NAME`, `ssm:/name`, `secretsmanager:id[#json-key]` or `file:/path`; never the secret itself. */
type SecretRef = string;

export type Auth =
  | { readonly accessKey: SecretRef; readonly secretKey: SecretRef; readonly securityToken?: SecretRef }
  | { readonly token: SecretRef }
  | { readonly user: string; readonly domain: string; readonly password: SecretRef };

export type Edition = 'release-plans' | 'pipelines';

export type SourceConfig = {
  readonly name: string;
  readonly region: string;
  readonly projectId: string;
  readonly edition: Edition;
  /** Default `https://servicestage.{region}.myhuaweicloud.com`; may be a reference. */
  readonly endpoint?: string;
  /** Default `https://iam.{region}.myhuaweicloud.com`. */
  readonly iamEndpoint?: string;
  readonly allowInsecure?: boolean;
  readonly auth: Auth;
};

/**
 * How a plan is told: a post for each change (`each`, the default), one message that is edited (`living`), or a first
 * post with the rest in its thread (`thread`).
 */
export const tellingStyles = ['each', 'living', 'thread'] as const;
export type TellingStyle = (typeof tellingStyles)[number];

/** `kind` names a line of `channels/registry.ts`; `language` and `style` are any kind's; the rest are that kind's own settings. */
export type DestinationConfig = {
  readonly kind: string;
  readonly style?: TellingStyle;
  readonly [setting: string]: unknown;
} & Pick<Style, 'language'>;

/** How people read a message. */
export type Style = {
  /** Default `en`. */
  readonly language?: Language;
  /** A name of the IANA database; default UTC. */
  readonly timezone?: string;
  /** Where a message's link leads: https, with `{region}`, `{projectId}`, `{planId}` and `{source}`. */
  readonly consoleUrl?: string;
};

/** A pattern (`*` and `?` are wild) or several, of which any will do. */
export type Patterns = string | readonly string[];

export type Match = {
  readonly type?: Patterns;
  readonly class?: StatusClass | readonly StatusClass[];
  readonly status?: Patterns;
  readonly from?: Patterns;
  readonly source?: Patterns;
  readonly action?: Patterns;
  readonly name?: Patterns;
  readonly creator?: Patterns;
};

export type Route = {
  readonly match?: Match;
  readonly to: readonly string[];
  /** `here`, `all`, `user:ID`, `group:ID`. */
  readonly mention?: readonly string[];
};

export type Config = Style & {
  readonly sources: readonly SourceConfig[];
  readonly destinations: Readonly<Record<string, DestinationConfig>>;
  /** Empty: everything to every destination. */
  readonly routes: readonly Route[];
  /** Where notices go; default every destination. */
  readonly notices: readonly string[];
  readonly giveUpAfterMs: number;
  /** Asked for after each poll in which all was good: an https address, or a reference. */
  readonly heartbeat?: string;
  /** How much a function measures of itself; default `basic`. */
  readonly metrics?: MetricsLevel;
};

/** How the people at one destination read: its own language wins. */
export function styleOf(
  { destinations, language, timezone, consoleUrl }: Pick<Config, keyof Style | 'destinations'>,
  destination: string,
): Style {
  const spoken = destinations[destination]?.language ?? language;
  return {
    ...(spoken !== undefined && { language: spoken }),
    ...(timezone !== undefined && { timezone }),
    ...(consoleUrl !== undefined && { consoleUrl }),
  };
}

export type MetricsLevel = 'off' | 'basic' | 'detailed';

export const defaultGiveUpAfterMs = 72 * 3_600_000;
/** Within the fourteen days for which a queue keeps a message. */
export const maxGiveUpAfterMs = 12 * 24 * 3_600_000;
