import Box from '@mui/material/Box';
import { CopyButton } from './copy-button.tsx';

/** Something to type into a terminal. It scrolls rather than breaks, unless `isWrapped`. */
export function CommandLine({
  text,
  label = 'Copy the command',
  isWrapped = false,
}: {
  text: string;
  label?: string;
  isWrapped?: boolean;
}) {
  return (
    <Box
      sx={{
        display: 'flex',
        alignItems: 'flex-start',
        gap: 1,
        textAlign: 'left',
        bgcolor: 'action.hover',
        border: '1px solid',
        borderColor: 'divider',
        borderRadius: '8px',
        py: 0.5,
        pl: 1.5,
        pr: 0.5,
        color: 'text.primary',
      }}
    >
      <Box
        component="pre"
        tabIndex={0}
        sx={{
          m: 0,
          py: 0.5,
          flex: 1,
          minWidth: 0,
          overflowX: 'auto',
          fontSize: 12.5,
          lineHeight: 1.6,
          ...(isWrapped && { whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }),
        }}
      >
        {text}
      </Box>
      <CopyButton text={text} label={label} />
    </Box>
  );
}
