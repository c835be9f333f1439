import { useState } from 'react';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import MenuItem from '@mui/material/MenuItem';
import TextField from '@mui/material/TextField';
import { useNavigate } from 'react-router';
import { nameProblem } from '@plat/platform-kit/names.ts';
import { takesHandler, type RuntimeManifest } from '@plat/platform-kit/runtime-manifest.ts';
import { writeZip, type SourceFile } from '../../../archive/source-files.ts';
import { draftOfRuntime, parseDraft } from '../../../components/config-draft.ts';
import { ConfigForm } from '../../../components/config-form.tsx';
import { ErrorPanel } from '../../../components/error-panel.tsx';
import { Panel } from '../../../components/panel.tsx';
import { useShortcut } from '../../../components/shortcuts.tsx';
import { SourceEditor } from '../../../editor/source-editor.tsx';
import { paths } from '../../../paths.ts';
import { useDeploy } from '../../deploys/api/use-deploy.ts';
import { RuntimePicker } from './runtime-picker.tsx';
import { readTemplate } from './templates.ts';
import { ZipDrop } from './zip-drop.tsx';

/** Name, runtime, code and settings; deploying leads to the live build log. */
export function NewFunctionForm(props: {
  runtimes: readonly RuntimeManifest[];
  projects: readonly string[];
}) {
  const { runtimes, projects } = props;
  const [name, setName] = useState('');
  const [project, setProject] = useState(
    projects.includes('default') ? 'default' : (projects[0] ?? 'default'),
  );
  const [manifest, setManifest] = useState<RuntimeManifest | null>(null);
  const [draft, setDraft] = useState(() => draftOfRuntime(runtimes[0]!));
  const [files, setFiles] = useState<SourceFile[]>([]);
  const [open, setOpen] = useState('');
  const deploy = useDeploy();
  const navigate = useNavigate();
  const wrongName = name === '' ? undefined : nameProblem(name);
  const hasHandler = manifest !== null && takesHandler(manifest);
  const parsed = manifest ? parseDraft(draft, manifest.id, hasHandler) : null;
  const isReady =
    parsed !== null && 'config' in parsed && name !== '' && wrongName === undefined && files.length > 0;

  const choose = async (next: RuntimeManifest) => {
    setManifest(next);
    setDraft(draftOfRuntime(next));
    const template = await readTemplate(next.id, name || 'my-function');
    setFiles(template);
    setOpen(
      template.find(({ path }) => /\.(mjs|js|ts|py|go)$|Dockerfile$/.test(path) && !/test/.test(path))
        ?.path ?? '',
    );
  };
  const run = async () => {
    if (!isReady || deploy.isPending) return;
    const version = await deploy.mutateAsync({
      project,
      name,
      config: parsed.config,
      archive: await writeZip(files),
    });
    await navigate(paths.version({ project, name }, version.number));
  };
  const start = () => void run().catch(() => undefined);
  useShortcut('mod+enter', 'Deploy the function', start, isReady);
  return (
    <Box sx={{ display: 'grid', gap: 2, gridTemplateColumns: 'minmax(0, 1fr)' }}>
      <Panel title="Name and runtime">
        <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 2, mb: 2 }}>
          <TextField
            label="Name"
            value={name}
            autoFocus
            onChange={(event) => setName(event.target.value)}
            error={wrongName !== undefined}
            helperText={
              wrongName ??
              `Called at /function/${project === 'default' ? '' : `${project}.`}${name || 'name'}`
            }
            sx={{ width: { xs: '100%', sm: 320 } }}
            slotProps={{ htmlInput: { spellCheck: false, autoComplete: 'off' } }}
          />
          <TextField
            select
            label="Project"
            value={project}
            onChange={(event) => setProject(event.target.value)}
            sx={{ width: { xs: '100%', sm: 220 } }}
          >
            {(projects.length > 0 ? projects : ['default']).map((one) => (
              <MenuItem key={one} value={one}>
                {one}
              </MenuItem>
            ))}
          </TextField>
        </Box>
        <RuntimePicker
          runtimes={runtimes}
          chosen={manifest?.id ?? null}
          onChoose={(next) => void choose(next)}
        />
      </Panel>
      {manifest && (
        <>
          <Panel
            title="Code"
            actions={
              <ZipDrop
                onFiles={(dropped) => {
                  setFiles(dropped);
                  setOpen(dropped[0]?.path ?? '');
                }}
              />
            }
          >
            <SourceEditor files={files} open={open} onOpen={setOpen} onChange={setFiles} onRun={start} />
          </Panel>
          <Panel title="Settings">
            <ConfigForm
              draft={draft}
              onChange={setDraft}
              takesHandler={hasHandler}
              problems={parsed && 'problems' in parsed ? parsed.problems : {}}
            />
          </Panel>
        </>
      )}
      {deploy.error && <ErrorPanel error={deploy.error} />}
      <Box sx={{ display: 'flex', justifyContent: 'flex-end' }}>
        <Button
          variant="contained"
          size="large"
          onClick={start}
          disabled={!isReady}
          loading={deploy.isPending}
          sx={{ minHeight: 40, px: 3 }}
        >
          Deploy
        </Button>
      </Box>
    </Box>
  );
}
