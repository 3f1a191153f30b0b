import type { SourceConfig } from '../core/config.ts';
import type { SourceError } from '../core/source-error.ts';
import type { CallEdges } from './cloud-call.ts';
import { createRefusals } from './refusal.ts';
import { asHeader, type SecretReader } from './secret-values.ts';
import type { SignIn, SignInEdges } from './sign-in.ts';
import { signIns } from './sign-ins.ts';
import type { Redactor } from './vendor-words.ts';

export type Credentials = SignIn & {
  /**
   * What authenticated last was refused with this: until it is another, or some minutes have passed, `authenticate` throws
   * it instead of trying again.
   */
  refused(error: SourceError): void;
};

/** By whichever way `config.auth` names. `read` is asked at each request; what it gives is learned by `redactor`. */
export function createCredentials(
  config: SourceConfig,
  read: SecretReader,
  redactor: Redactor,
  edges: CallEdges,
): Credentials {
  const refusals = createRefusals(edges.now);
  let last = '';
  const use = (credential: string): void => {
    refusals.check(credential);
    last = credential;
  };
  const header = async (ref: string) => redactor.learn(asHeader(ref, await read(ref)));
  const signIn = signInFor({ config, read, header, use, redactor, edges });
  return {
    ...signIn,
    refused: (error) => {
      refusals.note(last, error);
      signIn.forget?.();
    },
  };
}

function signInFor(edges: SignInEdges): SignIn {
  const { auth } = edges.config;
  if ('accessKey' in auth) return signIns.accessKey(auth, edges);
  return 'token' in auth ? signIns.token(auth, edges) : signIns.password(auth, edges);
}
