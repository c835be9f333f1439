import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import type { Check, Verdict } from '@plat/platform-kit/checks.ts';
import { CopyButton } from '../../../components/copy-button.tsx';
import { StateMark, type Tone } from '../../../components/state-mark.tsx';

const SHOWN: Record<Verdict, { tone: Tone; label: string }> = {
  fail: { tone: 'bad', label: 'Failed' },
  warn: { tone: 'warning', label: 'Look at it' },
  ok: { tone: 'good', label: 'Well' },
  skip: { tone: 'quiet', label: 'Skipped' },
};
const ORDER = Object.keys(SHOWN);

/** Checks, those that failed first: verdict, evidence, and the command that mends it. */
export function CheckRows({ checks }: { checks: readonly Check[] }) {
  const sorted = checks.toSorted((a, b) => ORDER.indexOf(a.verdict) - ORDER.indexOf(b.verdict));
  return (
    <Box component="ul" aria-label="Checks" sx={{ listStyle: 'none', m: 0, p: 0 }}>
      {sorted.map((check) => (
        <Row key={`${check.component} ${check.id}`} check={check} />
      ))}
    </Box>
  );
}

function Row({ check }: { check: Check }) {
  const isWrong = check.verdict === 'fail' || check.verdict === 'warn';
  return (
    <Box
      component="li"
      sx={{
        display: 'grid',
        gridTemplateColumns: { xs: 'minmax(0, 1fr)', sm: '104px minmax(0, 1fr)' },
        columnGap: 2,
        rowGap: 0.25,
        px: 2,
        py: 1.1,
        '& + &': { borderTop: 1, borderColor: 'divider' },
      }}
    >
      <StateMark {...SHOWN[check.verdict]} />
      <Box sx={{ minWidth: 0 }}>
        <Typography sx={{ fontWeight: 520 }}>{check.title}</Typography>
        <Typography variant="body2" color="textSecondary" sx={{ overflowWrap: 'anywhere' }}>
          {check.evidence} <code>{check.component}</code>
        </Typography>
        {check.fixed !== null && <Typography variant="body2">Mended: {check.fixed}</Typography>}
        {isWrong && check.remedy !== null && (
          <Box sx={{ display: 'flex', alignItems: 'center', gap: 0.5, mt: 0.5 }}>
            <Typography variant="body2" component="code" sx={{ overflowWrap: 'anywhere' }}>
              → {check.remedy}
            </Typography>
            <CopyButton text={check.remedy} label={`Copy what mends: ${check.title}`} />
          </Box>
        )}
      </Box>
    </Box>
  );
}
