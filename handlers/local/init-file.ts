import { stringify } from 'yaml';

/** The answers of `planwatch init`, each checked already. */
export type Answers = {
  readonly name: string;
  readonly region: string;
  readonly projectId: string;
  /** As planwatch.yml writes it. */
  readonly auth: Readonly<Record<string, string>>;
  readonly destination: string;
  readonly kind: string;
  readonly settings: Readonly<Record<string, string>>;
  /** Where the schema lies, seen from the file. */
  readonly schema: string;
};

/** A planwatch.yml that says what each part is for, and shows what else there is as comments. */
export const writeConfig = ({ name, region, projectId, auth, destination, kind, settings, schema }: Answers): string =>
  `# yaml-language-server: $schema=${schema}
#
# Secrets are never written here, only where they are kept:
#   env:NAME   ssm:/name   secretsmanager:id#json-key   file:/path

# What is watched. The name is the name of its state: renaming starts anew.
sources:
  - name: ${name}
    region: ${flow(region)}
    projectId: ${flow(projectId)}
    auth: ${flow(auth)}

# Where people hear: a name, the kind, and that kind's own settings.
destinations:
  ${destination}: ${flow({ kind, ...settings })}

# Which changes go where. Without routes everything goes everywhere. For instance, to call people when a release fails:
# routes:
#   - match: { class: bad }
#     to: [${destination}]
#     mention: [here]
#   - match: { class: [good, recovered, waiting, moving, stopped] }
#     to: [${destination}]

# Who hears about planwatch itself, such as a source that cannot be read. Default: every destination.
# notices: [${destination}]

# How long a message is tried before it becomes a dead letter.
# giveUpAfter: 72h
`;

/** On one line, with quotes where YAML would take a text for something else. */
const flow = (value: unknown): string =>
  stringify(value, { collectionStyle: 'flow', lineWidth: 0, flowCollectionPadding: true }).trim();
