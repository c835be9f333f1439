import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import type { VersionRecord } from '@plat/platform-kit/domain.ts';
import { DataTable, type Column } from '../../../components/data-table.tsx';
import { Link } from '../../../components/link.tsx';
import { TimeAgo } from '../../../components/time-ago.tsx';
import { VersionState } from '../../../components/version-state.tsx';
import { buildWords } from '../../../components/build-words.ts';
import { paths } from '../../../paths.ts';

const COLUMNS: readonly Column<VersionRecord>[] = [
  {
    id: 'function',
    header: 'Function',
    cell: (build) => (
      <Box sx={{ minWidth: 120, maxWidth: { xs: 190, sm: 420, xl: 760 } }}>
        <Link
          to={paths.version({ project: build.project, name: build.function }, build.number)}
          color="text.primary"
          sx={{ ...ELLIPSIS, fontWeight: 570 }}
        >
          {build.function} <Box component="span" sx={{ color: 'text.secondary', fontWeight: 500 }}>{`v${build.number}`}</Box>
        </Link>
        <Typography variant="caption" component="div" color="textSecondary" title={build.error?.message} sx={{ ...ELLIPSIS, lineHeight: 1.3 }}>
          {build.error?.message ?? build.project}
        </Typography>
      </Box>
    ),
  },
  { id: 'state', header: 'State', width: 130, cell: ({ state }) => <VersionState state={state} /> },
  { id: 'runtime', header: 'Runtime', from: 'sm', width: 150, cell: ({ config }) => config.runtime },
  { id: 'took', header: 'Build', from: 'sm', align: 'right', width: 130, cell: (build) => <span style={{ whiteSpace: 'nowrap' }}>{buildWords(build)}</span> },
  { id: 'by', header: 'By', from: 'md', width: 160, cell: ({ createdBy }) => createdBy },
  { id: 'when', header: 'When', from: 'sm', align: 'right', width: 120, cell: ({ createdAt }) => <TimeAgo at={createdAt} /> },
]; // prettier-ignore

export function BuildsTable({ builds }: { builds: readonly VersionRecord[] }) {
  return (
    <DataTable
      label="Builds"
      rows={builds}
      columns={COLUMNS}
      rowKey={({ functionId, number }) => `${functionId} ${number}`}
    />
  );
}

const ELLIPSIS = {
  display: 'block',
  overflow: 'hidden',
  textOverflow: 'ellipsis',
  whiteSpace: 'nowrap',
} as const;
