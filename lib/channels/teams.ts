import type { Outcome } from '../core/outcome.ts';
import { isRecord } from '../core/plan.ts';
import { type Misconfigured, readAddress } from './address.ts';
import { type Answer, createQuote } from './answer.ts';
import type { ChannelKindOf, SettingSpecs, Settings } from './channel.ts';
import { type Answers, jsonOf, meaningOf } from './meaning.ts';
import { postJson } from './post.ts';
import { teamsMentions, teamsPayload } from './teams-payload.ts';

const copyAgain =
  'In Teams, open Workflows, then the flow, copy its webhook link again and put it where url points; an older link, at logic.azure.com, may have ended in November 2025.';
const newFlow =
  'In Teams, open the channel’s Workflows, choose "Post to a channel when a webhook request is received", and put its link where url points.';

/**
 * What the flow's trigger says, as `{"error":{"code":…}}`. Microsoft has no list of these for Workflows: they are the
 * codes of Logic Apps, which runs the flows, as users met them.
 */
export const teamsAnswers: Answers = {
  WorkflowTriggerIsNotEnabled: {
    advice: `The flow is turned off or was deleted: turn it on in the Workflows app. If it is gone: ${newFlow}`,
  },
  WorkflowNotFound: { advice: `The flow is gone; it belongs to a person, and goes when they do. ${newFlow}` },
  DirectApiAuthorizationRequired: {
    advice: `Set "Who can trigger the flow?" to "Anyone" in its trigger, save it, and copy the link anew: that one ends in a sig. ${copyAgain}`,
  },
  // Every card has the same shape, so the next one would be refused too.
  TriggerInputSchemaMismatch: {
    advice: `The flow’s trigger has a schema that cards do not fit: empty it, or make the flow anew. ${newFlow}`,
  },
  InvalidRequestContent: 'rejected',
  RequestEntityTooLarge: 'rejected',
  // The flow has a Response action, and ended before it: whether it had posted by then, nobody tells.
  NoResponse: { retry: { unsure: true } },
};

const settings = {
  url: {
    type: 'secret-address',
    required: true,
    description: 'The webhook link of a Teams workflow ("Post to a channel when a webhook request is received")',
  },
} as const satisfies SettingSpecs;

/** Microsoft Teams through a workflow (Power Automate), which takes a message in and posts it later, or does not. */
export const teams: ChannelKindOf<typeof settings> = {
  settings,
  mentions: teamsMentions,
  // For one conversation 1800 an hour, https://learn.microsoft.com/en-us/microsoftteams/platform/bots/how-to/rate-limit
  pace: { everyMs: 2000, burst: 5 },
  // The trigger looks at no card, so a plainer one would not be taken either.
  hasPlain: false,
  example: {
    url: 'https://default00000000.0a.environment.api.powerplatform.com/powerautomate/automations/direct/workflows/00000000000000000000000000000000/triggers/manual/paths/invoke?api-version=1&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=example-of-a-secret',
  },
  render: teamsPayload,
  create(values, { fetch, now }) {
    const quote = createQuote(settings, values);
    const address = readFlowUrl(values);
    return {
      async send(message, { signal }) {
        if ('kind' in address) return address;
        let run: string | null = null;
        // By this name the flow's owner finds what became of the message.
        const noting: typeof fetch = async (input, init) => {
          const response = await fetch(input, init);
          run = response.headers.get('x-ms-workflow-run-id');
          return response;
        };
        const answer = await postJson(address, teamsPayload(message), { fetch: noting, now, signal });
        return 'kind' in answer ? answer : outcomeOf(answer, quote(answer.body), run ?? '');
      },
    };
  },
};

/** Connectors end, and an address of theirs answers 200 even where it posts nothing. */
function readFlowUrl(values: Settings): URL | Misconfigured {
  const address = readAddress('url', values);
  if ('kind' in address || !isConnector(address)) return address;
  return {
    kind: 'misconfigured',
    reason: 'url is that of an Office 365 connector, which Microsoft has retired',
    advice: newFlow,
  };
}

const isConnector = ({ hostname, pathname }: URL): boolean =>
  /(?:^|\.)webhook\.office\.com$/.test(hostname) ||
  (/^outlook\.office(?:365)?\.com$/.test(hostname) && pathname.startsWith('/webhook'));

function outcomeOf(answer: Answer, words: string, run: string): Outcome {
  const { status, body, whole } = answer;
  const error = jsonOf(body)?.['error'];
  const told = /^[\w-]{1,100}$/.test(run) ? { reference: run } : {};
  if (status === 202) return { kind: 'accepted', ...told };
  // Only a Response action of the flow answers so: after the step that posts, it proves that it posted.
  const responded = whole && (body.trim() === '' || (jsonOf(body) !== undefined && error === undefined));
  if (status === 200 && responded) return { kind: 'delivered', ...told };
  return meaningOf(teamsAnswers, answer, {
    code: isRecord(error) && typeof error['code'] === 'string' ? error['code'] : '',
    words,
    success: '202, or a Response action’s 200 without text,',
    advice: copyAgain,
  });
}
