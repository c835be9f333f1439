import { useCallback, useState } from 'react';
import { useSearchParams } from 'react-router';

/** A part of the page's state that lives in its address; the fallback is not written there. */
export function useUrlState(name: string, fallback = ''): [string, (value: string) => void] {
  const [params, setParams] = useSearchParams();
  const inAddress = params.get(name) ?? fallback;
  // The address changes a moment after it was told to; until then what was told counts.
  const [told, setTold] = useState<{ value: string; instead: string } | null>(null);
  if (told !== null && told.instead !== inAddress) setTold(null);
  const set = useCallback(
    (value: string) => {
      setTold(value === inAddress ? null : { value, instead: inAddress });
      setParams(
        (before) => {
          const next = new URLSearchParams(before);
          if (value === fallback) next.delete(name);
          else next.set(name, value);
          return next;
        },
        { replace: true, preventScrollReset: true, flushSync: true },
      );
    },
    [name, fallback, inAddress, setParams],
  );
  return [told?.value ?? inAddress, set];
}
