// serverless.yml reads its settings here. The tool loads CommonJS only; the work is done in TypeScript beside this file.
const names = ['bucket', 'prefix', 'rate', 'alarmTopic', 'alarmEmail', 'secretsKmsKey'];

module.exports = async ({ resolveVariable }) => {
  const { deploySettings } = await import('./settings.ts');
  const parameters = {};
  for (const name of names) parameters[name] = String((await resolveVariable(`param:${name}`)) ?? '').trim();
  const { settings, faults } = deploySettings({
    folder: process.cwd(),
    env: process.env,
    stage: await resolveVariable('sls:stage'),
    parameters,
    uploads: process.argv.includes('deploy'),
  });
  // Other commands (logs, invoke, remove …) need no build and no configuration.
  const matters = process.argv.includes('deploy') || process.argv.includes('package');
  if (matters && faults.length > 0) {
    const error = new Error(`planwatch cannot be deployed like this:\n${faults.map((line) => `- ${line}`).join('\n')}`);
    // Shown in place of the message, and nobody is helped by where in our code it was made.
    error.stack = error.message;
    throw error;
  }
  return settings;
};
