import Box from '@mui/material/Box';
import { ButtonLink } from '../../../components/button-link.tsx';
import { CommandLine } from '../../../components/command-line.tsx';
import { EmptyState } from '../../../components/empty-state.tsx';
import { paths } from '../../../paths.ts';

const COMMANDS = 'npx plat init hello --runtime node\ncd hello && npx plat deploy';

/** What to do while there is no function. */
export function FirstFunction() {
  return (
    <EmptyState
      title="Deploy your first function"
      action={
        <ButtonLink to={paths.newFunction} variant="outlined" color="inherit">
          Write it here
        </ButtonLink>
      }
    >
      <Box sx={{ display: 'grid', gap: 2, mt: 0.5 }}>
        <span>In a terminal, or here in the editor. It shows up as soon as the platform has the code.</span>
        <CommandLine text={COMMANDS} label="Copy the commands" />
      </Box>
    </EmptyState>
  );
}
