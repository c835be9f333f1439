import { useMemo, useState } from 'react';
import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import MenuItem from '@mui/material/MenuItem';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { useNavigate } from 'react-router';
import type { FunctionView } from '@plat/platform-kit/api/views.ts';
import { ButtonLink } from '../../../components/button-link.tsx';
import { configInput } from '../../../components/config-input.ts';
import { ErrorPanel } from '../../../components/error-panel.tsx';
import { useUrlState } from '../../../components/url-state.ts';
import { useSourceDraft } from '../../../components/source-draft.ts';
import { useShortcut } from '../../../components/shortcuts.tsx';
import { writeZip, type SourceFile } from '../../../archive/source-files.ts';
import { SourceEditor } from '../../../editor/source-editor.tsx';
import { paths } from '../../../paths.ts';
import { useDeploy } from '../../deploys/api/use-deploy.ts';
import { useVersion } from '../../versions/api/use-version.ts';
import { changedPaths, handlerFile } from './changed-paths.ts';
import { VersionDiff } from './version-diff.tsx';

/** Edits the source of a version; deploying makes the next version of it, with the same configuration. */
export function CodeWorkspace(props: {
  view: FunctionView;
  number: number;
  files: readonly SourceFile[];
  onVersion: (number: string) => void;
}) {
  const { view, number } = props;
  const { draft, setDraft } = useSourceDraft();
  const files = draft?.number === number ? draft.files : props.files;
  const setFiles = (next: readonly SourceFile[]) =>
    setDraft(changedPaths(props.files, next).size === 0 ? null : { number, files: next });
  const version = useVersion(view, number);
  const config = version.data?.config;
  const [open, setOpen] = useState<string | null>(null);
  const [compared, setAgainst] = useUrlState('compare');
  const against = compared === String(number) ? '' : compared;
  const deploy = useDeploy();
  const navigate = useNavigate();
  const changed = useMemo(() => changedPaths(props.files, files), [props.files, files]);
  const isChanged = changed.size > 0;
  const shown = open ?? handlerFile(files, config?.handler ?? null);
  const run = async () => {
    if (!config || deploy.isPending) return;
    const next = await deploy.mutateAsync({
      project: view.project,
      name: view.name,
      config: configInput(config),
      archive: await writeZip(files),
    });
    setDraft(null);
    await navigate(paths.version(view, next.number));
  };
  const start = () => void run().catch(() => undefined);
  useShortcut('mod+enter', 'Deploy the code', start, isChanged);
  return (
    <Box sx={{ display: 'grid', gap: 2, gridTemplateColumns: 'minmax(0, 1fr)' }}>
      <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 1.25, alignItems: 'center' }}>
        <VersionSelect
          label="Version"
          latest={view.latest}
          value={String(number)}
          onChange={props.onVersion}
        />
        <VersionSelect
          label="Compare with"
          latest={view.latest}
          value={against}
          without={number}
          onChange={setAgainst}
        />
        <Typography variant="body2" color="textSecondary" role="status" sx={{ ml: { sm: 'auto' } }}>
          {isChanged ? `${changed.size} ${changed.size === 1 ? 'file' : 'files'} changed` : ''}
        </Typography>
        <Button color="inherit" disabled={!isChanged} onClick={() => setDraft(null)}>
          Undo all
        </Button>
        <ButtonLink to={`${paths.test(view)}?run=draft`} color="inherit" disabled={!isChanged}>
          Test
        </ButtonLink>
        <Button variant="contained" disabled={!config} loading={deploy.isPending} onClick={start}>
          Deploy
        </Button>
      </Box>
      {deploy.error && <ErrorPanel error={deploy.error} />}
      {draft !== null && draft.number !== number && (
        <Alert severity="warning" variant="outlined">
          Version {draft.number} has changes that are not deployed. Changing this version’s code drops them.
        </Alert>
      )}
      {number !== view.latest && (
        <Alert severity="info" variant="outlined">
          This is version {number}; the newest is {view.latest}. Deploying makes version {view.latest + 1} of
          this code and this version’s configuration.
        </Alert>
      )}
      {against === '' ? (
        <SourceEditor
          files={files}
          open={shown}
          onOpen={setOpen}
          onChange={setFiles}
          onRun={start}
          changed={changed}
        />
      ) : (
        <VersionDiff view={view} before={Number(against)} after={files} open={shown} onOpen={setOpen} />
      )}
    </Box>
  );
}

const SHOWN_VERSIONS = 50;

function VersionSelect(props: {
  label: string;
  latest: number;
  value: string;
  without?: number;
  onChange: (value: string) => void;
}) {
  const numbers = Array.from(
    { length: Math.min(props.latest, SHOWN_VERSIONS) },
    (_, index) => props.latest - index,
  );
  const isOptional = props.without !== undefined;
  return (
    <TextField
      select
      label={props.label}
      value={props.value}
      onChange={(event) => props.onChange(event.target.value)}
      sx={{ minWidth: 140 }}
      slotProps={isOptional ? { select: { displayEmpty: true }, inputLabel: { shrink: true } } : {}}
    >
      {isOptional && <MenuItem value="">nothing</MenuItem>}
      {numbers
        .filter((number) => number !== props.without)
        .map((number) => (
          <MenuItem key={number} value={String(number)}>
            Version {number}
          </MenuItem>
        ))}
    </TextField>
  );
}
