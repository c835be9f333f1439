import Box from '@mui/material/Box';
import Table from '@mui/material/Table';
import TableBody from '@mui/material/TableBody';
import TableCell from '@mui/material/TableCell';
import TableHead from '@mui/material/TableHead';
import TableRow from '@mui/material/TableRow';
import { formatMs } from '../format/numbers.ts';

/** Whose time it is. */
export type Part = 'platform' | 'wait' | 'function';
export type Phase = { key: string; label: string; part: Part; fromMs: number; toMs: number };

const PART: Record<Part, { word: string; colour: string }> = {
  platform: { word: 'Platform', colour: 'info.main' },
  wait: { word: 'Waiting', colour: 'warning.main' },
  function: { word: 'Function', colour: 'primary.main' },
};

/** Where there is little room, what the bars show is left out of the table. */
const ROOMY = { '@container (max-width: 600px)': { display: 'none' } } as const;

/** Where time went, phase after phase. The table says it all; the bars are for the eye. */
export function PhaseTimeline({ label, phases }: { label: string; phases: readonly Phase[] }) {
  const wholeMs = Math.max(phases.at(-1)?.toMs ?? 0, Number.MIN_VALUE);
  return (
    <Box sx={{ containerType: 'inline-size' }}>
      <Table aria-label={label} sx={{ '& tbody tr:last-of-type td': { borderBottom: 0 } }}>
        <TableHead>
          <TableRow>
            <TableCell>Phase</TableCell>
            <TableCell sx={ROOMY}>Whose</TableCell>
            <TableCell align="right">Took</TableCell>
            <TableCell align="right" sx={ROOMY}>
              Over at
            </TableCell>
            <TableCell aria-hidden sx={{ width: { xs: '34%', xl: '45%' } }} />
          </TableRow>
        </TableHead>
        <TableBody>
          {phases.map((phase) => (
            <TableRow key={phase.key}>
              <TableCell>{phase.label}</TableCell>
              <TableCell sx={{ ...ROOMY, color: 'text.secondary' }}>{PART[phase.part].word}</TableCell>
              <TableCell align="right" sx={{ whiteSpace: 'nowrap' }}>
                {formatMs(phase.toMs - phase.fromMs)}
              </TableCell>
              <TableCell align="right" sx={{ ...ROOMY, color: 'text.secondary', whiteSpace: 'nowrap' }}>
                {formatMs(phase.toMs)}
              </TableCell>
              <TableCell aria-hidden>
                <Bar phase={phase} wholeMs={wholeMs} />
              </TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </Box>
  );
}

function Bar({ phase, wholeMs }: { phase: Phase; wholeMs: number }) {
  const percent = (ms: number) => `${Math.min((ms / wholeMs) * 100, 99.5)}%`;
  return (
    <Box
      sx={{ height: 12, borderRadius: '4px', bgcolor: 'action.hover', position: 'relative', minWidth: 60 }}
    >
      <Box
        sx={{
          position: 'absolute',
          top: 0,
          bottom: 0,
          left: percent(phase.fromMs),
          width: percent(phase.toMs - phase.fromMs),
          minWidth: 3,
          borderRadius: '4px',
          bgcolor: PART[phase.part].colour,
        }}
      />
    </Box>
  );
}
