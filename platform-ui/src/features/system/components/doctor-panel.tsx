import Button from '@mui/material/Button';
import LinearProgress from '@mui/material/LinearProgress';
import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import type { Check, Verdict } from '@plat/platform-kit/checks.ts';
import { useNotify } from '../../../components/notices.tsx';
import { Panel } from '../../../components/panel.tsx';
import { QueryView } from '../../../components/query-view.tsx';
import { useDoctor, useMend } from '../api/use-doctor.ts';
import { CheckRows } from './check-rows.tsx';

/** `plat doctor` as a page. */
export function DoctorPanel() {
  const query = useDoctor();
  const mend = useMend();
  const notify = useNotify();
  const isBusy = query.isFetching || mend.isPending;
  const canMend = query.data?.items.some(({ isFixable }) => isFixable) ?? false;
  return (
    <Panel
      title="Doctor"
      isFlush
      actions={
        <>
          {canMend && (
            <Button
              variant="contained"
              disabled={isBusy}
              onClick={() =>
                notify.outcome(mend.mutateAsync(), {
                  done: ({ items }) => `Mended: ${items.filter(({ fixed }) => fixed !== null).length}.`,
                  failed: 'It could not be mended.',
                })
              }
            >
              Mend what can be
            </Button>
          )}
          <Button variant="outlined" color="inherit" disabled={isBusy} onClick={() => void query.refetch()}>
            Examine again
          </Button>
        </>
      }
    >
      <Box sx={{ height: 2 }}>{isBusy && <LinearProgress aria-label="The platform is examined" sx={{ height: 2 }} />}</Box>
      <QueryView
        query={query}
        skeleton={<Typography sx={{ p: 2 }} color="textSecondary">Every service measures its own things; this takes some seconds.</Typography>}
      >
        {({ items }) => (
          <>
            <Typography role="status" color="textSecondary" sx={{ px: 2, pt: 1 }}>
              {summary(items)}
            </Typography>
            <CheckRows checks={items} />
          </>
        )}
      </QueryView>
    </Panel>
  );
} // prettier-ignore

function summary(checks: readonly Check[]): string {
  const count = (verdict: Verdict) => checks.filter((check) => check.verdict === verdict).length;
  return `${count('ok')} well, ${count('warn')} to look at, ${count('fail')} failed, ${count('skip')} skipped.`;
}
