export type ParameterName = 'bucket' | 'prefix' | 'rate' | 'alarmTopic' | 'alarmEmail' | 'secretsKmsKey';

export type Parameters = {
  readonly prefix: string;
  readonly lookSeconds: number;
  /** ARN, or empty. */
  readonly secretsKmsKey: string;
};

const day = 86_400;
const unitSeconds: Readonly<Record<string, number>> = { minute: 60, hour: 3_600, day };

/** What is wrong with each parameter, found here and not by CloudFormation after half of a deploy. Empty is not given. */
export function readParameters(
  given: Readonly<Record<ParameterName, string>>,
  stage: string,
): { readonly values: Parameters; readonly faults: readonly string[] } {
  const { bucket, rate, alarmTopic, alarmEmail, secretsKmsKey } = given;
  const faults: string[] = [];
  const check = (name: ParameterName, pattern: RegExp, how: string) => {
    if (given[name] !== '' && !pattern.test(given[name])) faults.push(`param ${name}: ${how}`);
  };
  // The same as the store takes (lib/stores/s3.ts), apart from slashes at the ends.
  const prefix = given.prefix.replace(/^\/+|\/+$/g, '');
  check('prefix', /^\/*(?:[A-Za-z0-9._-]+(?:\/[A-Za-z0-9._-]+)*)?\/*$/, 'write A-Z a-z 0-9 . _ - and / between them');
  check('bucket', /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'write the name of a bucket that exists, or leave it out');
  check('alarmTopic', /^arn:[a-z-]+:sns:[a-z0-9-]+:\d{12}:[\w-]+$/, 'write the ARN of an SNS topic, or leave it out');
  check('alarmEmail', /^[^\s@]+@[^\s@]+$/, 'write an e-mail address, or leave it out');
  // IAM knows keys by their ARN alone: an alias there matches nothing.
  check(
    'secretsKmsKey',
    /^arn:[a-z-]+:kms:[a-z0-9-]+:\d{12}:key\/[\w-]+$/,
    'write the ARN of a key (arn:…:key/…, no alias)',
  );
  if (alarmTopic !== '' && alarmEmail !== '') {
    faults.push('param alarmEmail: alarmTopic is given too: subscribe the address to that topic, and leave this out');
  }
  const lookSeconds = secondsOf(rate);
  if (lookSeconds === undefined) {
    // The alarms count in looks, and a cron expression does not say how many there should be.
    faults.push('param rate: write rate(1 minute), rate(5 minutes), rate(1 hour) or the like, at most rate(1 day)');
  }
  return {
    // Whoever shares a bucket must not share the state.
    values: { prefix: prefix === '' && bucket !== '' ? stage : prefix, lookSeconds: lookSeconds ?? 60, secretsKmsKey },
    faults,
  };
}

/** EventBridge wants the singular for one, and the plural for more. */
function secondsOf(rate: string): number | undefined {
  const [, count, unit = '', plural] = /^rate\(([1-9]\d{0,3}) (minute|hour|day)(s?)\)$/.exec(rate) ?? [];
  const seconds = Number(count) * (unitSeconds[unit] ?? Number.NaN);
  return seconds <= day && (count === '1') === (plural === '') ? seconds : undefined;
}
