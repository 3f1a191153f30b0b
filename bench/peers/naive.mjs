// What is usually written: the last list in a bucket, compared with the new one; the new one is kept, then people are told.
const { STATE_URL: state, LIST_URL: list, CHAT_URL: chat } = process.env;

export const handler = async () => {
  const last = await fetch(state);
  const before = last.ok ? await last.json() : { release_plans: [] };
  const now = await (await fetch(list)).json();
  const known = new Map(before.release_plans.map((plan) => [plan.id, plan.status]));
  const changed = now.release_plans.filter((plan) => known.get(plan.id) !== plan.status);
  await fetch(state, { method: 'PUT', body: JSON.stringify(now) });
  for (const { id, name, status } of last.ok ? changed : []) {
    const answer = await fetch(chat, {
      method: 'POST',
      body: JSON.stringify({ text: `${name} is ${status} (${id})` }),
    });
    if (!answer.ok) throw new Error(`the chat said ${answer.status}`);
  }
};
