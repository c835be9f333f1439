import Box from '@mui/material/Box';

export type Tone = 'good' | 'busy' | 'bad' | 'warning' | 'quiet';

const COLOUR: Record<Tone, string> = {
  good: 'success.main',
  busy: 'info.main',
  bad: 'error.main',
  warning: 'warning.main',
  quiet: 'text.secondary',
};

/** A state in one word, with a dot in its colour; what is under way pulses. The word says it all without the colour. */
export function StateMark({ tone, label }: { tone: Tone; label: string }) {
  return (
    <Box
      component="span"
      sx={{
        display: 'inline-flex',
        alignItems: 'center',
        gap: 1,
        whiteSpace: 'nowrap',
        color: COLOUR[tone],
        fontWeight: 520,
        fontSize: 13,
      }}
    >
      <Box
        component="span"
        aria-hidden
        sx={{
          width: 8,
          height: 8,
          borderRadius: '50%',
          flexShrink: 0,
          bgcolor: tone === 'quiet' ? 'transparent' : 'currentColor',
          border: '1.5px solid currentColor',
          ...(tone === 'busy' && {
            animation: 'plat-pulse 1.4s ease-in-out infinite',
            '@keyframes plat-pulse': { '50%': { opacity: 0.3 } },
          }),
        }}
      />
      {label}
    </Box>
  );
}
