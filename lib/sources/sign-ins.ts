import { signInByKeys } from './sign-in-keys.ts';
import { signInByPassword } from './sign-in-password.ts';
import { signInByToken } from './sign-in-token.ts';

/** By the member of `auth` that tells them apart. A line each: a build leaves out those that planwatch.yml does not use. */
export const signIns = {
  accessKey: signInByKeys,
  token: signInByToken,
  password: signInByPassword,
};
