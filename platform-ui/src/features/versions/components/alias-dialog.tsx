import { useState } from 'react';
import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import MenuItem from '@mui/material/MenuItem';
import Slider from '@mui/material/Slider';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import type { FunctionView } from '@plat/platform-kit/api/views.ts';
import type { AliasRecord, AliasWeight } from '@plat/platform-kit/domain.ts';
import { AliasName } from '@plat/platform-kit/names.ts';
import { ErrorPanel } from '../../../components/error-panel.tsx';
import { useNotify } from '../../../components/notices.tsx';
import { RequestPreview } from '../../../components/request-preview.tsx';
import { useSetAlias } from '../api/use-set-alias.ts';
import { useVersions } from '../api/use-versions.ts';
import { addVersion, removeVersion, setWeight } from './split-weights.ts';

/** Makes an alias, or changes how its calls are split. */
export function AliasDialog(props: { view: FunctionView; alias: AliasRecord | null; onClose: () => void }) {
  const { view, alias } = props;
  const setAlias = useSetAlias(view);
  const notify = useNotify();
  const ready = (useVersions(view).data ?? [])
    .filter(({ state }) => state === 'ready')
    .map(({ number }) => number);
  const [name, setName] = useState(alias?.name ?? '');
  const [weights, setWeights] = useState<AliasWeight[]>(
    alias?.weights ?? [{ version: ready[0] ?? view.latest, weight: 100 }],
  );
  const nameProblem = name === '' ? undefined : AliasName.safeParse(name).error?.issues[0]?.message;
  const unused = ready.filter((number) => !weights.some(({ version }) => version === number));
  const change = { alias: name, weights: weights.filter(({ weight }) => weight > 0) };
  const save = () =>
    setAlias.mutate(change, {
      onSuccess: () => {
        notify.done(`Alias ${name} is set.`);
        props.onClose();
      },
    });
  return (
    <Dialog open onClose={props.onClose} fullWidth maxWidth="sm" aria-labelledby="alias-title">
      <DialogTitle id="alias-title" variant="h2">
        {alias ? `Alias ${alias.name}` : 'New alias'}
      </DialogTitle>
      <DialogContent sx={{ display: 'grid', gap: 2 }}>
        {!alias && (
          <TextField
            label="Name"
            autoFocus
            value={name}
            onChange={(event) => setName(event.target.value)}
            error={nameProblem !== undefined}
            helperText={nameProblem ?? `Called as /function/${view.name}:${name || 'name'}`}
            sx={{ mt: 1 }}
          />
        )}
        {weights.map(({ version, weight }) => (
          <Box
            key={version}
            sx={{
              display: 'grid',
              gridTemplateColumns: '92px minmax(0, 1fr) 52px auto',
              gap: 2,
              alignItems: 'center',
            }}
          >
            <Typography>Version {version}</Typography>
            <Slider
              size="small"
              value={weight}
              step={1}
              disabled={weights.length === 1}
              aria-label={`Share of version ${version}`}
              getAriaValueText={(value) => `${value} %`}
              onChange={(_, value) => setWeights(setWeight(weights, version, value))}
            />
            <Typography sx={{ textAlign: 'right' }}>{weight} %</Typography>
            <Button
              color="inherit"
              disabled={weights.length === 1}
              onClick={() => setWeights(removeVersion(weights, version))}
              aria-label={`Take version ${version} out`}
            >
              Remove
            </Button>
          </Box>
        ))}
        {unused.length > 0 && weights.length < 10 && (
          <TextField
            select
            label="Add a version"
            value=""
            onChange={(event) => setWeights(addVersion(weights, Number(event.target.value)))}
            sx={{ maxWidth: 200 }}
          >
            {unused.map((number) => (
              <MenuItem key={number} value={number}>
                Version {number}
              </MenuItem>
            ))}
          </TextField>
        )}
        {alias?.name === 'live' && (
          <Alert severity="info" variant="outlined">
            Calls without an alias go to <code>live</code>. The change takes effect at once.
          </Alert>
        )}
        {name !== '' && <RequestPreview request={setAlias.requestOf(change)} />}
        {setAlias.error && <ErrorPanel error={setAlias.error} />}
      </DialogContent>
      <DialogActions sx={{ px: 3, pb: 2.5 }}>
        <Button color="inherit" onClick={props.onClose}>
          Cancel
        </Button>
        <Button
          variant="contained"
          onClick={save}
          loading={setAlias.isPending}
          disabled={name === '' || nameProblem !== undefined}
        >
          Save
        </Button>
      </DialogActions>
    </Dialog>
  );
}
