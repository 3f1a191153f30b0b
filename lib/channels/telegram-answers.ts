import type { Answers } from './meaning.ts';

export const newToken = 'Ask @BotFather for the token of the bot again and put it where token points.';
const addBot = 'Add the bot to the chat again (a person has to write to it first), or set chat to another one.';
export const letPost = 'Let the bot post in the chat: make it an administrator, or give it the right to send messages.';
export const rightChat =
  'Set chat to the id of the chat (a group has one that begins with -) or to @name of a public channel.';
export const rightTopic = 'Open the topic again, or set topic to another one; without topic messages go to "General".';

/**
 * What Telegram's words mean, as they begin, without the "Bad Request: " or "Forbidden: " before them. They are in no
 * document, but in the server's own source: https://github.com/tdlib/telegram-bot-api
 */
export const telegramAnswers: Answers = {
  'message is too long': 'rejected',
  'message text is empty': 'rejected',
  "can't parse entities": 'rejected',
  "can't parse MessageEntity": 'rejected',
  ENTITY_BOUNDS_INVALID: 'rejected',
  'Too Many Requests': 'retry',
  Unauthorized: { advice: newToken },
  // The token is part of the address.
  'Not Found': { advice: newToken },
  'Logged out': { advice: 'The bot is logged out here: set endpoint to the server that it uses.' },
  'chat not found': { advice: rightChat },
  'chat_id is empty': { advice: rightChat },
  PEER_ID_INVALID: { advice: rightChat },
  'group is deactivated': { advice: rightChat },
  'group chat was upgraded to a supergroup chat': { advice: rightChat },
  'the group chat was deleted': { advice: rightChat },
  'message thread not found': { advice: rightTopic },
  TOPIC_CLOSED: { advice: rightTopic },
  TOPIC_DELETED: { advice: rightTopic },
  'bot was blocked by the user': { advice: addBot },
  'bot was kicked': { advice: addBot },
  'bot is not a member': { advice: addBot },
  "bot can't initiate conversation with a user": { advice: addBot },
  "bot can't send messages to bots": { advice: rightChat },
  'user is deactivated': { advice: rightChat },
  'not enough rights to send text messages': { advice: letPost },
  'have no rights to send a message': { advice: letPost },
  'need administrator rights in the channel chat': { advice: letPost },
  CHAT_WRITE_FORBIDDEN: { advice: letPost },
  CHAT_RESTRICTED: { advice: letPost },
};

/**
 * The message that was to be edited is not there, is not this bot's, or is too old; or the group that it was in is a
 * supergroup now, which has none of its messages under the numbers that they had.
 */
export const telegramGone: ReadonlySet<string> = new Set([
  'message to edit not found',
  "message can't be edited",
  'message to be replied not found',
  'group chat was upgraded to a supergroup chat',
  'MESSAGE_ID_INVALID',
  'MESSAGE_AUTHOR_REQUIRED',
  'MESSAGE_EDIT_TIME_EXPIRED',
]);

/** What an edit answers that changes nothing: it shows that already. */
export const unchanged = 'message is not modified';
