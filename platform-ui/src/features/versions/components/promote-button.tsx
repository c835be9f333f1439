import Button from '@mui/material/Button';
import type { FunctionView } from '@plat/platform-kit/api/views.ts';
import { useNotify } from '../../../components/notices.tsx';
import { useSetAlias } from '../api/use-set-alias.ts';

/** Moves alias `live`, and with it every call, to a version. */
export function PromoteButton({ view, number }: { view: FunctionView; number: number }) {
  const setAlias = useSetAlias(view);
  const notify = useNotify();
  return (
    <Button
      variant="outlined"
      color="inherit"
      loading={setAlias.isPending}
      aria-label={`Make live: version ${number}`}
      onClick={() =>
        notify.outcome(setAlias.mutateAsync({ alias: 'live', weights: [{ version: number, weight: 100 }] }), {
          done: () => `Version ${number} is live.`,
          failed: `Version ${number} is not live.`,
        })
      }
    >
      Make live
    </Button>
  );
}
