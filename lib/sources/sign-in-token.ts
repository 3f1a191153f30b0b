import type { Auth } from '../core/config.ts';
import { within } from './cloud-call.ts';
import { type SignIn, type SignInEdges, withToken } from './sign-in.ts';

/** A token that somebody else makes. */
export const signInByToken = (
  { token: ref }: Extract<Auth, { token: string }>,
  { header, use }: SignInEdges,
): SignIn => ({
  authenticate: async (request, signal) => {
    const token = await within(signal, header(ref));
    use(token);
    return withToken(request, token);
  },
  renew: () => false,
  advice: `The token in ${ref} is wrong or over (they last a day): put a new one there, or use accessKey and secretKey.`,
  signed: false,
});
