import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import type { ShownRequest } from '../api-client/api.ts';
import { CommandLine } from './command-line.tsx';

/** The very request that is about to be sent. */
export function RequestPreview({ request }: { request: ShownRequest }) {
  const { method, path, body } = request;
  const text = `${method} ${path}${body === undefined ? '' : `\n${JSON.stringify(body)}`}`;
  return (
    <Box>
      <Typography variant="caption" component="p" color="textSecondary" sx={{ mb: 0.5 }}>
        This is sent
      </Typography>
      <CommandLine text={text} label="Copy the request" isWrapped />
    </Box>
  );
}
