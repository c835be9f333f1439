import Box from '@mui/material/Box';
import type { RolloutView } from '@plat/platform-kit/rollout.ts';
import { stepMarks, type StepMark } from './rollout-words.ts';

const MARK: Record<StepMark, { word: string; colour: string; weight: number }> = {
  done: { word: 'done', colour: 'success.main', weight: 520 },
  current: { word: 'under way', colour: 'primary.main', weight: 650 },
  failed: { word: 'taken back', colour: 'error.main', weight: 650 },
  ahead: { word: 'ahead', colour: 'divider', weight: 480 },
};

/** The shares that the new version gets, one after the other. */
export function RolloutSteps({ rollout }: { rollout: RolloutView }) {
  const marks = stepMarks(rollout);
  return (
    <Box component="ol" aria-label="Steps" sx={{ listStyle: 'none', m: 0, p: 0, display: 'flex', gap: 0.75 }}>
      {rollout.plan.steps.map((percent, index) => {
        const { word, colour, weight } = MARK[marks[index]!];
        return (
          <Box
            component="li"
            key={percent}
            aria-current={marks[index] === 'current' ? 'step' : undefined}
            aria-label={`${percent} %: ${word}`}
            sx={{ flex: 1, minWidth: 0 }}
          >
            <Box sx={{ height: 6, borderRadius: 3, bgcolor: colour }} />
            <Box sx={{ mt: 0.5, fontSize: 12.5, fontWeight: weight, color: marks[index] === 'ahead' ? 'text.secondary' : 'text.primary' }}>
              {percent} %
            </Box>
          </Box>
        );
      })}
    </Box>
  );
} // prettier-ignore
