import Box from '@mui/material/Box';
import MenuItem from '@mui/material/MenuItem';
import Skeleton from '@mui/material/Skeleton';
import TextField from '@mui/material/TextField';
import type { FunctionView } from '@plat/platform-kit/api/views.ts';
import { EmptyState } from '../../../components/empty-state.tsx';
import { QueryView } from '../../../components/query-view.tsx';
import { textOf, type SourceFile } from '../../../archive/source-files.ts';
import { Diff } from '../../../editor/editor.tsx';
import { useSource } from '../api/use-source.ts';
import { changedPaths } from './changed-paths.ts';

/** What differs between an older version's source and the one that is open. */
export function VersionDiff(props: {
  view: FunctionView;
  before: number;
  after: readonly SourceFile[];
  open: string;
  onOpen: (path: string) => void;
}) {
  const source = useSource(props.view, props.before);
  return (
    <QueryView query={source} skeleton={<Skeleton variant="rounded" height={560} />}>
      {(before) => <ChangedFiles {...props} before={before} />}
    </QueryView>
  );
}

function ChangedFiles(props: {
  before: readonly SourceFile[];
  after: readonly SourceFile[];
  open: string;
  onOpen: (path: string) => void;
}) {
  const changed = [...changedPaths(props.before, props.after)].sort();
  if (changed.length === 0) return <EmptyState title="The code is the same">No file differs.</EmptyState>;
  const path = changed.includes(props.open) ? props.open : changed[0]!;
  const text = (files: readonly SourceFile[]) => {
    const file = files.find((candidate) => candidate.path === path);
    return file ? (textOf(file) ?? '(no text)') : '';
  };
  return (
    <Box sx={{ display: 'grid', gap: 1.5, gridTemplateColumns: 'minmax(0, 1fr)' }}>
      <TextField
        select
        label="Changed file"
        value={path}
        onChange={(event) => props.onOpen(event.target.value)}
        sx={{ maxWidth: 360 }}
      >
        {changed.map((name) => (
          <MenuItem key={name} value={name}>
            {name}
          </MenuItem>
        ))}
      </TextField>
      <Box sx={{ height: 520, border: 1, borderColor: 'divider', borderRadius: '10px', overflow: 'hidden' }}>
        <Diff path={path} before={text(props.before)} after={text(props.after)} />
      </Box>
    </Box>
  );
}
