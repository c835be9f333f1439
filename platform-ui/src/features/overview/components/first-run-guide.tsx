import { useState } from 'react';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import { mdiCheckCircle, mdiCircleOutline } from '@mdi/js';
import { ButtonLink } from '../../../components/button-link.tsx';
import { CommandLine } from '../../../components/command-line.tsx';
import { Icon } from '../../../components/icon.tsx';
import { Panel } from '../../../components/panel.tsx';
import { paths } from '../../../paths.ts';
import { useFirstSteps } from '../api/use-first-steps.ts';
import { planGuide, type GuideStep } from './plan-guide.ts';

/** That somebody does not want the guide any more, in this browser. */
const HIDDEN_KEY = 'plat.guide-hidden';

/** The next command to type, until a function was deployed, called and deployed again. */
export function FirstRunGuide() {
  const [isHidden, setHidden] = useState(() => localStorage.getItem(HIDDEN_KEY) !== null);
  const { data } = useFirstSteps({ isOn: !isHidden });
  if (!data || isHidden) return null;
  const steps = planGuide(data);
  const next = steps.findIndex(({ isDone }) => !isDone);
  if (next < 0) return null;
  const hide = () => {
    localStorage.setItem(HIDDEN_KEY, 'yes');
    setHidden(true);
  };
  return (
    <Panel
      title="First steps"
      actions={
        next === 0 ? (
          <ButtonLink to={paths.newFunction} variant="outlined" color="inherit">
            Write a function here
          </ButtonLink>
        ) : (
          <Button color="inherit" onClick={hide}>
            I know this
          </Button>
        )
      }
    >
      <Box component="ol" sx={{ listStyle: 'none', m: 0, p: 0, display: 'grid', gap: 1.5, maxWidth: 820 }}>
        {steps.map((step, i) => (
          <Step key={step.title} step={step} isNext={i === next} />
        ))}
      </Box>
    </Panel>
  );
}

function Step({ step, isNext }: { step: GuideStep; isNext: boolean }) {
  return (
    <Box component="li" aria-current={isNext ? 'step' : undefined} sx={{ display: 'flex', gap: 1.25 }}>
      <Icon
        path={step.isDone ? mdiCheckCircle : mdiCircleOutline}
        sx={{ fontSize: 20, mt: '1px', color: step.isDone ? 'success.main' : isNext ? 'primary.main' : 'text.disabled' }}
      />
      <Box sx={{ minWidth: 0, flex: 1 }}>
        <Typography sx={{ fontWeight: isNext ? 620 : 500, color: isNext ? 'text.primary' : 'text.secondary' }}>
          {step.title}
          {step.isDone && <span style={HIDDEN}> (done)</span>}
        </Typography>
        {isNext && (
          <>
            <Typography variant="body2" color="textSecondary" sx={{ mb: 1 }}>
              {step.text}
            </Typography>
            <CommandLine text={step.command} label="Copy what to type" />
          </>
        )}
      </Box>
    </Box>
  );
} // prettier-ignore

const HIDDEN = {
  position: 'absolute',
  width: 1,
  height: 1,
  overflow: 'hidden',
  clipPath: 'inset(50%)',
} as const;
