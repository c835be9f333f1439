import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import type { FunctionView } from '@plat/platform-kit/api/views.ts';
import type { VersionRecord } from '@plat/platform-kit/domain.ts';
import { ButtonLink } from '../../../components/button-link.tsx';
import { Link } from '../../../components/link.tsx';
import { Panel } from '../../../components/panel.tsx';
import { TimeAgo } from '../../../components/time-ago.tsx';
import { VersionState } from '../../../components/version-state.tsx';
import { paths } from '../../../paths.ts';
import { liveVersion } from './filter-functions.ts';

/** The versions that matter now: what an alias names, and what is being deployed. */
export function DeployPanel({ view }: { view: FunctionView }) {
  const live = liveVersion(view);
  const versions = view.versions.toSorted((a, b) => b.number - a.number);
  return (
    <Panel
      title="Versions in use"
      isFlush
      actions={
        <ButtonLink to={paths.versions(view)} color="inherit">
          All {view.latest}
        </ButtonLink>
      }
    >
      {versions.length === 0 ? (
        <Typography color="textSecondary" sx={{ p: 2 }}>
          None. Deploy again with <code>plat deploy</code>.
        </Typography>
      ) : (
        <Box component="ul" sx={{ listStyle: 'none', m: 0, p: 0 }}>
          {versions.map((version) => (
            <VersionRow key={version.number} view={view} version={version} isLive={version.number === live} />
          ))}
        </Box>
      )}
    </Panel>
  );
}

function VersionRow({
  view,
  version,
  isLive,
}: {
  view: FunctionView;
  version: VersionRecord;
  isLive: boolean;
}) {
  const names = view.aliases.flatMap(({ name, weights }) =>
    weights.filter((weight) => weight.version === version.number && weight.weight > 0)
      .map(({ weight }) => (weight === 100 ? name : `${name} ${weight} %`)),
  ); // prettier-ignore
  return (
    <Box
      component="li"
      sx={{
        display: 'flex',
        flexWrap: 'wrap',
        alignItems: 'center',
        columnGap: 2,
        rowGap: 0.25,
        px: 2,
        py: 1.1,
        '& + &': { borderTop: 1, borderColor: 'divider' },
      }}
    >
      <Link
        to={paths.version(view, version.number)}
        color="text.primary"
        sx={{ fontWeight: isLive ? 620 : 500, minWidth: 88 }}
      >
        Version {version.number}
      </Link>
      <VersionState state={version.state} />
      <Typography variant="body2" color="textSecondary">
        {names.join(', ')}
      </Typography>
      <Typography variant="body2" color="textSecondary" sx={{ ml: 'auto' }}>
        <TimeAgo at={version.createdAt} /> by {version.createdBy}
      </Typography>
    </Box>
  );
}
