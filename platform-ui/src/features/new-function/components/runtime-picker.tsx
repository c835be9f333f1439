import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import type { RuntimeManifest } from '@plat/platform-kit/runtime-manifest.ts';

const CONTRACT: Record<RuntimeManifest['contract'], string> = {
  handler: 'Event in, result out',
  http: 'A web server',
  script: 'A program run once a call',
};

/** One of the runtimes; choosing brings its template. */
export function RuntimePicker(props: {
  runtimes: readonly RuntimeManifest[];
  chosen: string | null;
  onChoose: (runtime: RuntimeManifest) => void;
}) {
  return (
    <Box
      role="radiogroup"
      aria-label="Runtime"
      sx={{
        display: 'grid',
        gap: 1,
        gridTemplateColumns: 'repeat(auto-fill, minmax(min(100%, 190px), 1fr))',
      }}
    >
      {props.runtimes.map((runtime) => (
        <Box
          component="label"
          key={runtime.id}
          sx={{
            display: 'block',
            border: 1,
            borderColor: 'divider',
            borderRadius: '8px',
            p: 1.25,
            cursor: 'pointer',
            '&:hover': { bgcolor: 'action.hover' },
            '&:has(:checked)': {
              borderColor: 'primary.main',
              boxShadow: 'inset 0 0 0 1px var(--mui-palette-primary-main)',
            },
            '&:has(:focus-visible)': {
              outline: '2px solid',
              outlineColor: 'primary.main',
              outlineOffset: '2px',
            },
          }}
        >
          <Box
            component="input"
            type="radio"
            name="runtime"
            value={runtime.id}
            checked={props.chosen === runtime.id}
            onChange={() => props.onChoose(runtime)}
            sx={{ position: 'absolute', opacity: 0, pointerEvents: 'none' }}
          />
          <Typography sx={{ fontWeight: 570 }}>{runtime.title}</Typography>
          <Typography variant="body2" color="textSecondary">
            {CONTRACT[runtime.contract]}
          </Typography>
        </Box>
      ))}
    </Box>
  );
}
