/**
 * What the embedded metric format asks of a log line, as its specification and PutMetricData's limits say.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_Dimension.html
 */

/** `Name{Dimension=value,…}`: what CloudWatch would bill as one metric. */
type Emitted = {
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly value: number;
};

const units = ['Seconds', 'Milliseconds', 'Count', 'Bytes', 'Percent', 'None'];

/** The metrics of a line; none where it is no metric document. Throws what CloudWatch would drop it for, often in silence. */
export function metricsOf(line: string, now: Date): Emitted[] {
  if (Buffer.byteLength(line) > 256 * 1024) throw new Error('a line of more than 256 kB is cut');
  const root = record(JSON.parse(line), 'the line');
  if (!('_aws' in root)) return [];
  const { Timestamp, CloudWatchMetrics, ...rest } = record(root['_aws'], '_aws');
  need(Object.keys(rest).length === 0, '_aws has members of its own');
  need(Number.isInteger(Timestamp), 'Timestamp is not in whole milliseconds');
  const age = now.getTime() - Number(Timestamp);
  need(age <= 14 * 86_400_000 && age >= -2 * 3_600_000, 'Timestamp is too old or in the future');
  return list(CloudWatchMetrics, 'CloudWatchMetrics', 1, 100).flatMap((one) =>
    directive(record(one, 'a directive'), root),
  );
}

function directive(
  { Namespace, Dimensions, Metrics, ...rest }: Record<string, unknown>,
  root: Record<string, unknown>,
): Emitted[] {
  need(Object.keys(rest).length === 0, 'a directive has members of its own');
  need(typeof Namespace === 'string' && /^[\w.\-/#: ]{1,255}$/.test(Namespace), 'Namespace is none');
  need(!String(Namespace).startsWith('AWS/'), 'Namespace is one of AWS itself');
  const sets = list(Dimensions, 'Dimensions', 1, 100).map((set) => dimensionsOf(list(set, 'a set', 0, 30), root));
  return list(Metrics, 'Metrics', 1, 100).flatMap((metric) => {
    const { Name, Unit, StorageResolution = 60, ...more } = record(metric, 'a metric');
    need(Object.keys(more).length === 0, 'a metric has members of its own');
    need(typeof Name === 'string' && Name.length >= 1 && Name.length <= 1024, 'Name is none');
    need(units.includes(String(Unit)), `${String(Name)} has no unit`);
    need(StorageResolution === 60, 'high resolution costs more');
    const name = String(Name);
    const value = root[name];
    need(Object.hasOwn(root, name) && typeof value === 'number' && Number.isFinite(value), `${name} has no value`);
    return sets.map((dimensions) => ({ name, dimensions, value: Number(value) }));
  });
}

function dimensionsOf(names: readonly unknown[], root: Record<string, unknown>): Record<string, string> {
  need(new Set(names).size === names.length, 'a dimension is named twice');
  return Object.fromEntries(
    names.map((name) => {
      need(
        typeof name === 'string' && /^[\x21-\x7e]{1,250}$/.test(name) && !name.startsWith(':'),
        'a dimension has no name',
      );
      const value = Object.hasOwn(root, String(name)) ? root[String(name)] : undefined;
      need(typeof value === 'string', `${String(name)} is not a text on the line`);
      need(
        /^[\x20-\x7e]{1,1024}$/.test(String(value)) && String(value).trim() !== '',
        `${String(name)} has a value that is none`,
      );
      need(!String(value).startsWith(':'), `${String(name)} begins with a colon`);
      return [String(name), String(value)];
    }),
  );
}

function need(holds: boolean, fault: string): void {
  if (!holds) throw new Error(fault);
}

function record(value: unknown, what: string): Record<string, unknown> {
  need(typeof value === 'object' && value !== null && !Array.isArray(value), `${what} is no object`);
  return value as Record<string, unknown>;
}

function list(value: unknown, what: string, least: number, most: number): readonly unknown[] {
  need(
    Array.isArray(value) && value.length >= least && value.length <= most,
    `${what} is no list of ${least} to ${most}`,
  );
  return value as readonly unknown[];
}
