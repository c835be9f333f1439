import { useMutation } from '@tanstack/react-query';
import { useApi } from '../../../api-client/api.ts';

/** Tries a token out, and signs in with it when it is a good one. */
export function useSignIn() {
  const { call, session } = useApi();
  return useMutation({
    mutationFn: async (token: string) => {
      await call.whoami({}, { token });
      session.signIn(token);
    },
  });
}
