import type { MetricsLevel } from '../../lib/core/config.ts';

/**
 * Metrics travel inside log lines, in CloudWatch's embedded metric format: no call, no permission, no dependency.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 * docs/logs-and-metrics.md lists what there is. A metric is billed for each hour in which it is sent, with each
 * combination of dimensions counting as one; hence ten at most, and zeros are not sent.
 */
export type MetricName =
  | 'LooksOk'
  | 'LooksFailed'
  | 'Events'
  | 'EventsBad'
  | 'Delivered'
  | 'DeliveriesFailed'
  | 'DestinationsFailing'
  | 'DeadLetters'
  | 'DeliveryDelay'
  | 'Parked'
  /** Only with `metrics: detailed`. */
  | 'Plans';

/** Every value is a name in the configuration or a word of a closed list, so that nobody's text can make metrics. */
export type Dimension = 'Source' | 'Class' | 'Destination' | 'Outcome' | 'Reason';

export type Measure = {
  readonly name: MetricName;
  readonly value: number;
  readonly unit?: 'Seconds';
  /** With `metrics: detailed` it is counted by these too. */
  readonly by?: readonly (readonly Dimension[])[];
  readonly detailedOnly?: true;
};

/** What one log line measures. */
export type Measured = {
  readonly measures: readonly Measure[];
  readonly dimensions?: Readonly<Partial<Record<Dimension, string>>>;
};

export type Metering = {
  readonly level: MetricsLevel;
  readonly service: string;
  /** Those that are configured. */
  readonly destinations: readonly string[];
};

/** The members that make a log line a metric document; none where nothing is measured. */
export function embedded(
  { measures, dimensions = {} }: Measured,
  { level, service, destinations }: Metering,
  at: Date,
): object {
  const { Destination } = dimensions;
  // One that was taken out of the configuration makes no metrics of its own.
  const detailed = level === 'detailed' && (Destination === undefined || destinations.includes(Destination));
  const sent = level === 'off' ? [] : measures.filter(({ detailedOnly }) => detailed || !detailedOnly);
  if (sent.length === 0) return {};
  const used = detailed ? sent.flatMap(({ by = [] }) => by.flat()) : [];
  const directives = sent.map(({ name, unit = 'Count', by = [], detailedOnly }) => ({
    Namespace: 'planwatch',
    Dimensions: [...(detailedOnly ? [] : [['Service']]), ...(detailed ? by.map((names) => ['Service', ...names]) : [])],
    Metrics: [{ Name: name, Unit: unit }],
  }));
  return {
    _aws: { Timestamp: at.getTime(), CloudWatchMetrics: directives },
    Service: service,
    ...Object.fromEntries(used.map((name) => [name, dimensions[name]])),
    ...Object.fromEntries(sent.map(({ name, value }) => [name, value])),
  };
}

/** undefined: CloudWatch takes it as the value of a dimension. */
export const serviceFault = (name: string): string | undefined =>
  /^(?!:)[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?$/.test(name)
    ? undefined
    : 'cannot name metrics: write 1 to 255 printable ASCII characters, the first not a colon';
