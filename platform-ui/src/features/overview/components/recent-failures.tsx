import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import type { Execution } from '@plat/platform-kit/domain.ts';
import { ButtonLink } from '../../../components/button-link.tsx';
import { Link } from '../../../components/link.tsx';
import { StatusMark } from '../../../components/outcome-mark.tsx';
import { Panel } from '../../../components/panel.tsx';
import { TimeAgo } from '../../../components/time-ago.tsx';
import { paths } from '../../../paths.ts';

const SHOWN = 6;

/** The last calls that failed, whenever that was. */
export function RecentFailures({ failures }: { failures: readonly Execution[] }) {
  return (
    <Panel
      title="Recent failures"
      isFlush
      actions={
        <ButtonLink to={`${paths.executions}?who=failed`} color="inherit">
          All
        </ButtonLink>
      }
    >
      {failures.length === 0 ? (
        <Typography color="textSecondary" sx={{ p: 2 }}>
          No call has failed.
        </Typography>
      ) : (
        <Box component="ul" sx={{ listStyle: 'none', m: 0, p: 0 }}>
          {failures.slice(0, SHOWN).map((failure) => (
            <Row key={failure.id} failure={failure} />
          ))}
        </Box>
      )}
    </Panel>
  );
}

function Row({ failure }: { failure: Execution }) {
  const { project, function: name } = failure;
  return (
    <Box component="li" sx={{ px: 2, py: 1, '& + &': { borderTop: 1, borderColor: 'divider' } }}>
      <Box sx={{ display: 'flex', alignItems: 'baseline', columnGap: 1.5, flexWrap: 'wrap' }}>
        <Link
          to={paths.execution(failure.id)}
          color="text.primary"
          sx={{ fontWeight: 560, minWidth: 0, overflowWrap: 'anywhere' }}
        >
          {project === 'default' ? name : `${project}/${name}`}{' '}
          <Box component="span" sx={{ color: 'text.secondary', fontWeight: 500 }}>
            {failure.method} {failure.path}
          </Box>
        </Link>
        <Box
          sx={{ ml: 'auto', display: 'flex', gap: 1.5, alignItems: 'baseline', color: 'text.secondary', fontSize: 13 }}
        >
          <StatusMark execution={failure} />
          <TimeAgo at={failure.startedAt} />
        </Box>
      </Box>
      <Typography variant="body2" color="textSecondary" noWrap title={failure.errorMessage ?? undefined}>
        {failure.errorMessage ?? failure.errorCode ?? ' '}
      </Typography>
    </Box>
  );
} // prettier-ignore
