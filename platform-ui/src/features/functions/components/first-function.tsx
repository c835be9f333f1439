import Box from '@mui/material/Box';
import { CommandLine } from '../../../components/command-line.tsx';
import { EmptyState } from '../../../components/empty-state.tsx';

const COMMANDS = 'npx plat init hello --runtime node\ncd hello && npx plat deploy';

/** What to do while there is no function. */
export function FirstFunction() {
  return (
    <EmptyState title="Deploy your first function">
      <Box sx={{ display: 'grid', gap: 2, mt: 0.5 }}>
        <span>In a terminal. It shows up here as soon as the platform has the code.</span>
        <CommandLine text={COMMANDS} label="Copy the commands" />
      </Box>
    </EmptyState>
  );
}
