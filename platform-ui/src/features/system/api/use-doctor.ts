import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useApi } from '../../../api-client/api.ts';

const KEY = ['doctor'] as const;
/** The platform takes as long as its slowest check, and mending may have to wait for several. */
const EXAMINE_MS = 60_000;
const MEND_MS = 180_000;

/** What every service measures about its own things. Looked at once a visit, and when somebody asks. */
export function useDoctor() {
  const { call } = useApi();
  return useQuery({
    queryKey: KEY,
    queryFn: ({ signal }) => call.examine({}, { signal, timeoutMs: EXAMINE_MS }),
    staleTime: 60_000,
    refetchOnWindowFocus: false,
    retry: false,
  });
}

/** Mends what can be mended safely, and examines again. */
export function useMend() {
  const { call } = useApi();
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => call.mend({}, { timeoutMs: MEND_MS }),
    onSuccess: (report) => client.setQueryData(KEY, report),
  });
}
