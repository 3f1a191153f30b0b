import { readAddress } from './address.ts';
import type { ChannelKindOf, SettingSpecs } from './channel.ts';
import type { Answers } from './meaning.ts';
import { createRobot, errcode } from './robot.ts';
import { wecomMentions, wecomPayload } from './wecom-payload.ts';

const newRobot = 'Add a robot to the group in WeCom and put its address where url points.';
/** The limit is of a minute. */
const nextMinute = { retry: { waitMs: 60_000 } } as const;

/** What WeCom's codes mean, https://developer.work.weixin.qq.com/document/path/90455; its words may change, it says. */
export const wecomAnswers: Answers = {
  '-1': { retry: { cause: 'server' } },
  '45009': nextMinute,
  '45033': nextMinute,
  '40008': 'rejected',
  '40033': 'rejected',
  '40035': 'rejected',
  '40058': 'rejected',
  '44004': 'rejected',
  '45002': 'rejected',
  '93000': { advice: `The robot was removed from the group, or its address is not whole. ${newRobot}` },
};

const settings = {
  url: {
    type: 'secret-address',
    required: true,
    description: "The address of a group's robot, https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=…",
  },
} as const satisfies SettingSpecs;

/** A robot in a group of WeCom (企业微信). It can post, and nothing else; its address is all that protects it. */
export const wecom: ChannelKindOf<typeof settings> = {
  settings,
  mentions: wecomMentions,
  // 20 a minute a robot: at most 5 + 14 in any minute.
  pace: { everyMs: 4200, burst: 5 },
  hasPlain: true,
  example: { url: 'https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=00000000-0000-0000-0000-000000000000' },
  render: wecomPayload,
  create(values, edges) {
    const address = readAddress('url', values);
    return createRobot(
      {
        specs: settings,
        values,
        answers: wecomAnswers,
        advice: newRobot,
        success: '"errcode":0',
        verdict: errcode,
        request: (message, { plain }) =>
          'kind' in address ? address : { address, body: wecomPayload(message, { plain }) },
      },
      edges,
    );
  },
};
