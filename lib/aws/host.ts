/** Where a service of AWS is asked: `sqs.eu-central-1.amazonaws.com`; China has a domain of its own. */
export const awsHost = (service: string, region: string): string =>
  `${service}.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;
