import { createHmac } from 'node:crypto';
import { type Misconfigured, readAddress } from './address.ts';
import type { ChannelKindOf, SettingSpecs, Settings } from './channel.ts';
import { feishuMentions, feishuPayload } from './feishu-payload.ts';
import type { Answers } from './meaning.ts';
import { createRobot, keyword } from './robot.ts';

const newRobot = 'Add a custom bot to the group in Feishu (or Lark) and put its address where url points.';

/** What Feishu's codes mean, https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot */
export const feishuAnswers: Answers = {
  // The body is not what it takes, or too large.
  '9499': 'rejected',
  '19036': 'rejected',
  // Of a card: too many tables, too large.
  '11310': 'rejected',
  '230025': 'rejected',
  '11232': { retry: { cause: 'rate-limited' } },
  '19001': { advice: `The bot was removed, or its address is not whole. ${newRobot}` },
  '19021': {
    advice:
      "Set secret to what the bot's security settings show under signature verification; the clock here must be right within an hour.",
  },
  '19022': {
    advice:
      "Take the IP list out of the bot's security settings, or add this machine's address; sign with secret instead.",
  },
  '19024': {
    advice: `Make "${keyword}" the keyword in the bot's security settings (it is in every message), or sign with secret instead.`,
  },
};

const settings = {
  url: {
    type: 'secret-address',
    required: true,
    description:
      "The address of a group's custom bot, https://open.feishu.cn/open-apis/bot/v2/hook/… (Lark: open.larksuite.com)",
  },
  secret: { type: 'secret', required: false, description: 'Signs each message, where the bot verifies signatures' },
} as const satisfies SettingSpecs;

/** A custom bot in a group of Feishu, or of Lark: the host in `url` is all that differs. It can post, and nothing else. */
export const feishu: ChannelKindOf<typeof settings> = {
  settings,
  mentions: feishuMentions,
  // 5 a second and 100 a minute a bot: at most 4 + 1 in any second, and 4 + 92 in any minute.
  pace: { everyMs: 650, burst: 4 },
  hasPlain: true,
  example: {
    url: 'https://open.feishu.cn/open-apis/bot/v2/hook/00000000-0000-0000-0000-000000000000',
    secret: 'example-of-a-secret',
  },
  render: feishuPayload,
  create(values, edges) {
    const address = readBotUrl(values);
    const secret = values.secret?.trim() ?? '';
    return createRobot(
      {
        specs: settings,
        values,
        answers: feishuAnswers,
        advice: newRobot,
        success: '"code":0',
        // Bots that were made long ago answer in the older spelling.
        verdict: ({ code, msg, StatusCode, StatusMessage }) => ({
          code: code ?? StatusCode,
          words: msg ?? StatusMessage,
        }),
        request(message, { plain, now }) {
          if ('kind' in address) return address;
          const body = feishuPayload(message, { plain });
          return { address, body: secret === '' ? body : { ...signed(secret, now), ...body } };
        },
      },
      edges,
    );
  },
};

/** The other way round than DingTalk: the text to sign is the key, and nothing is the message. */
export function signed(secret: string, now: Date): { readonly timestamp: string; readonly sign: string } {
  const timestamp = String(Math.floor(now.getTime() / 1000));
  return { timestamp, sign: createHmac('sha256', `${timestamp}\n${secret}`).digest('base64') };
}

/** The first answers success to whatever is posted, and shows none of it; the second takes another body. */
function readBotUrl(values: Settings): URL | Misconfigured {
  const address = readAddress('url', values);
  if ('kind' in address || !/^\/(?:flow\/api\/trigger-webhook|open-apis\/bot\/hook)\//.test(address.pathname)) {
    return address;
  }
  return {
    kind: 'misconfigured',
    reason:
      "url is the address of a Feishu workflow or of a bot of the first version, which does not take planwatch's messages",
    advice: newRobot,
  };
}
