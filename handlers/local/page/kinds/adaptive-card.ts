import { AdaptiveCard, HostConfig } from 'adaptivecards';
import { webLink } from '../web-link.ts';
import { teamsMarkdown } from './teams-markdown.ts';

AdaptiveCard.onProcessMarkdown = (text, result) => {
  result.outputHtml = teamsMarkdown(text);
  result.didProcess = true;
};

/** Draws it as an element. Throws where the card is none. */
export function drawCard(json: unknown): HTMLElement {
  const card = new AdaptiveCard();
  card.hostConfig = teamsLook();
  card.onExecuteAction = (action) => {
    const { url } = action as { readonly url?: unknown };
    const href = typeof url === 'string' ? webLink(url) : undefined;
    if (href !== undefined) open(href, '_blank', 'noreferrer,noopener');
  };
  card.parse(json);
  const element = card.render();
  if (!element) throw new Error('Microsoft’s renderer made nothing of it.');
  return element;
}

/** Teams' own measures and colours; the colours are the page's, so that they follow its dark. */
const teamsLook = (): HostConfig =>
  new HostConfig({
    fontFamily: '"Segoe UI", Inter, system-ui, sans-serif',
    supportsInteractivity: true,
    fontSizes: { small: 12, default: 14, medium: 14, large: 18, extraLarge: 24 },
    fontWeights: { lighter: 300, default: 400, bolder: 600 },
    spacing: { small: 8, default: 12, medium: 16, large: 20, extraLarge: 24, padding: 16 },
    containerStyles: {
      default: { backgroundColor: 'transparent', foregroundColors: colours() },
      emphasis: { backgroundColor: 'var(--ground)', foregroundColors: colours() },
      good: { backgroundColor: 'var(--good-tint)', foregroundColors: colours() },
      attention: { backgroundColor: 'var(--bad-tint)', foregroundColors: colours() },
      warning: { backgroundColor: 'var(--warning-tint)', foregroundColors: colours() },
      accent: { backgroundColor: 'var(--info-tint)', foregroundColors: colours() },
    },
  });

const colours = () => {
  const of = (name: string, subtle = name) => ({ default: `var(--${name})`, subtle: `var(--${subtle})` });
  return {
    default: of('ink', 'quiet'),
    dark: of('ink', 'quiet'),
    light: of('quiet'),
    accent: of('link'),
    good: of('good'),
    warning: of('warning'),
    attention: of('bad'),
  };
};
