// The least that a function can be: what every start is measured against.
export const handler = async () => ({});
