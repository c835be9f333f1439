import Box from '@mui/material/Box';
import Checkbox from '@mui/material/Checkbox';
import Chip from '@mui/material/Chip';
import Tooltip from '@mui/material/Tooltip';
import Typography from '@mui/material/Typography';
import type { FunctionView } from '@plat/platform-kit/api/views.ts';
import type { VersionRecord } from '@plat/platform-kit/domain.ts';
import { Link } from '../../../components/link.tsx';
import { TimeAgo } from '../../../components/time-ago.tsx';
import { VersionState } from '../../../components/version-state.tsx';
import { buildWords } from '../../../components/build-words.ts';
import { paths } from '../../../paths.ts';
import { PromoteButton } from './promote-button.tsx';

export function VersionEntry(props: {
  view: FunctionView;
  version: VersionRecord;
  isCompared: boolean;
  onCompare: () => void;
}) {
  const { view, version } = props;
  const shares = view.aliases.flatMap(({ name, weights }) =>
    weights
      .filter((weight) => weight.version === version.number && weight.weight > 0)
      .map(({ weight }) => ({ name, weight })),
  );
  return (
    <Box
      component="li"
      sx={{
        display: 'grid',
        gridTemplateColumns: '40px minmax(0, 1fr) auto',
        columnGap: 1,
        alignItems: 'center',
        pl: 0.75,
        pr: 2,
        py: 1.1,
        '& + &': { borderTop: 1, borderColor: 'divider' },
      }}
    >
      <Tooltip title="Compare configurations">
        <Checkbox
          size="small"
          checked={props.isCompared}
          onChange={props.onCompare}
          slotProps={{ input: { 'aria-label': `Compare version ${version.number}` } }}
        />
      </Tooltip>
      <Box sx={{ minWidth: 0 }}>
        <Box sx={{ display: 'flex', flexWrap: 'wrap', columnGap: 1.5, rowGap: 0.5, alignItems: 'center' }}>
          <Link to={paths.version(view, version.number)} color="text.primary" sx={{ fontWeight: 590 }}>
            Version {version.number}
          </Link>
          <VersionState state={version.state} />
          {shares.map(({ name, weight }) => (
            <Chip
              key={name}
              label={weight === 100 ? name : `${name} ${weight} %`}
              color={name === 'live' ? 'primary' : 'default'}
              variant={name === 'live' ? 'filled' : 'outlined'}
            />
          ))}
        </Box>
        <Typography variant="body2" color="textSecondary" sx={{ mt: 0.25, overflowWrap: 'anywhere' }}>
          <TimeAgo at={version.createdAt} /> by {version.createdBy}
          {took(version)}
          {version.error && ` · ${version.error.message}`}
        </Typography>
      </Box>
      <Box sx={{ display: 'flex', gap: 1 }}>
        {version.state === 'ready' &&
          !shares.some(({ name, weight }) => name === 'live' && weight === 100) && (
            <PromoteButton view={view} number={version.number} />
          )}
      </Box>
    </Box>
  );
}

function took(version: VersionRecord): string {
  if (version.imageReused) return ' · image reused';
  return version.builtAt === null ? '' : ` · built in ${buildWords(version)}`;
}
