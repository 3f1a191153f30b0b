import { createHmac } from 'node:crypto';
import { type Misconfigured, readAddress } from './address.ts';
import type { ChannelKindOf, SettingSpecs, Settings } from './channel.ts';
import { dingtalkMentions, dingtalkPayload } from './dingtalk-payload.ts';
import type { Answers } from './meaning.ts';
import { createRobot, errcode, keyword } from './robot.ts';

const newRobot = 'Add a custom robot to the group in DingTalk and put its address where url points.';
/** Whoever goes over 20 a minute is shut out for ten. */
const shutOut = { retry: { waitMs: 600_000 } } as const;

/**
 * What DingTalk's codes mean: https://open.dingtalk.com/document/orgapp/custom-robots-send-group-messages, and some that it
 * says and does not list. We name the message type and its parts ourselves, so one that is missing is our fault.
 */
export const dingtalkAnswers: Answers = {
  '-1': { retry: { cause: 'server' } },
  '34016': 'rejected',
  '40035': 'rejected',
  '43004': 'rejected',
  '400105': 'rejected',
  '400402': 'rejected',
  '400403': 'rejected',
  // What a content filter would not show: a link, a text, a picture, anything.
  '430101': 'rejected',
  '430102': 'rejected',
  '430103': 'rejected',
  '430104': 'rejected',
  '90030': shutOut,
  '130101': shutOut,
  '410100': shutOut,
  '88': { advice: newRobot },
  '300001': { advice: `The robot was removed, or its address is not whole. ${newRobot}` },
  '300005': { advice: `The robot was removed, or its address is not whole. ${newRobot}` },
  '400101': { advice: `The robot was removed, or its address is not whole. ${newRobot}` },
  '400106': { advice: `The robot is no longer in the group. ${newRobot}` },
  '400013': { advice: `The group was dissolved. ${newRobot}` },
  '400102': { advice: "The robot was stopped: the group's owner can start it again." },
  '310000': {
    advice: `The robot's security settings refuse it: set secret to the one that they show for signing (the clock here must be right within an hour), make "${keyword}" the keyword (it is in every message), or add this machine's address.`,
  },
};

const settings = {
  url: {
    type: 'secret-address',
    required: true,
    description: "The address of a group's custom robot, https://oapi.dingtalk.com/robot/send?access_token=…",
  },
  secret: { type: 'secret', required: false, description: 'Signs each request (SEC…), where the robot asks for it' },
} as const satisfies SettingSpecs;

/** A custom robot in a group of DingTalk. It can post, and nothing else. */
export const dingtalk: ChannelKindOf<typeof settings> = {
  settings,
  mentions: dingtalkMentions,
  // 20 a minute a robot, and whoever goes over is shut out for ten: at most 5 + 14 in any minute.
  pace: { everyMs: 4200, burst: 5 },
  hasPlain: true,
  example: {
    url: 'https://oapi.dingtalk.com/robot/send?access_token=example-of-a-token',
    secret: 'SECexample-of-a-secret',
  },
  render: dingtalkPayload,
  create(values, edges) {
    const address = readRobotUrl(values);
    const secret = values.secret?.trim() ?? '';
    return createRobot(
      {
        specs: settings,
        values,
        answers: dingtalkAnswers,
        advice: newRobot,
        success: '"errcode":0',
        verdict: errcode,
        request(message, { plain, now }) {
          if ('kind' in address) return address;
          return {
            address: secret === '' ? address : signed(address, secret, now),
            body: dingtalkPayload(message, { plain }),
          };
        },
      },
      edges,
    );
  },
};

/** The other way round than Feishu: the secret is the key, the time is in milliseconds, and both go into the query. */
export function signed(address: URL, secret: string, now: Date): URL {
  const timestamp = String(now.getTime());
  const to = new URL(address);
  to.searchParams.set('timestamp', timestamp);
  to.searchParams.set('sign', createHmac('sha256', secret).update(`${timestamp}\n${secret}`).digest('base64'));
  return to;
}

/** Without a token DingTalk calls the message wrong, which then would be given up. */
function readRobotUrl(values: Settings): URL | Misconfigured {
  const address = readAddress('url', values);
  if ('kind' in address || address.searchParams.get('access_token')) return address;
  return { kind: 'misconfigured', reason: 'url has no access_token', advice: newRobot };
}
