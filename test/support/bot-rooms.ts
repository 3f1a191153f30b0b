import { slackBot } from '../../lib/channels/slack-bot.ts';
import type { DestinationConfig, TellingStyle } from '../../lib/core/config.ts';
import { botChannel, botToken, startSlackBotReceiver } from './slack-bot-server.ts';
import type { World } from './world.ts';

export type BotRoom = Awaited<ReturnType<typeof openBotRoom>>;

/** Slack, with the channel of one destination of a world in it; what it is told of, it shows. */
export async function openBotRoom(world: World, destination: string) {
  const receiver = await startSlackBotReceiver({ now: world.deps.now });
  const before = world.deps.destination;
  const { fetch } = globalThis;
  const how = { pace: slackBot.pace, hasPlain: slackBot.hasPlain };
  Object.assign(world.deps, {
    destination: async (name: string) => {
      if (name !== destination) return before(name);
      const style = world.deps.routing.destinations[name]?.style ?? 'each';
      const settings = { token: botToken, channel: botChannel, endpoint: receiver.url, style };
      return { ...how, style, channel: slackBot.create(settings, { fetch, now: world.deps.now }) };
    },
  });
  return receiver;
}

/** As in planwatch.yml. */
export const botDestination = (style: TellingStyle): DestinationConfig => ({
  kind: 'slack-bot',
  token: 'env:TOKEN',
  channel: botChannel,
  style,
});
