import { type SampleCloud, startSampleCloud } from '../../handlers/local/sample/cloud.ts';
import { startSlackReceiver } from './chat-server.ts';
import { samplePlan } from './sample-plan.ts';

export const plan = (status: string, id = 'a') => samplePlan({ id, status });

const credentials = (cloud: SampleCloud, slack: string) => ({
  SERVICESTAGE_REGION: 'ap-southeast-3',
  SERVICESTAGE_PROJECT_ID: cloud.projectId,
  SERVICESTAGE_ENDPOINT: cloud.url,
  HUAWEICLOUD_SDK_AK: cloud.accessKey,
  HUAWEICLOUD_SDK_SK: cloud.secretKey,
  SLACK_WEBHOOK_URL: slack,
});

/** A cloud and a Slack of our own, as a real account's environment would name them. */
export async function account(
  use: (
    env: Record<string, string>,
    cloud: SampleCloud,
    slack: Awaited<ReturnType<typeof startSlackReceiver>>,
  ) => Promise<void>,
) {
  const cloud = await startSampleCloud({ now: () => new Date() });
  const slack = await startSlackReceiver();
  cloud.setPlans([plan('CREATED')]);
  try {
    await use(credentials(cloud, slack.url), cloud, slack);
  } finally {
    await Promise.all([cloud.close(), slack.close()]);
  }
}
