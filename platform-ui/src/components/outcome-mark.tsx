import type { Execution, Outcome } from '@plat/platform-kit/domain.ts';
import { StateMark, type Tone } from './state-mark.tsx';

/** Who failed. */
const SHOWN: Record<Outcome, { tone: Tone; label: string; title: string }> = {
  ok: { tone: 'good', label: 'Answered', title: 'The function answered' },
  function_error: { tone: 'bad', label: 'Function', title: 'The function failed' },
  timeout: { tone: 'bad', label: 'Timeout', title: 'The function took too long' },
  platform_error: { tone: 'bad', label: 'Platform', title: 'The platform failed' },
  client_closed: { tone: 'quiet', label: 'Caller', title: 'The caller left before the answer' },
};

export const OUTCOME_OPTIONS = [
  { value: 'failed', label: 'Anybody' },
  { value: 'function_error', label: 'Function' },
  { value: 'timeout', label: 'Timeout' },
  { value: 'platform_error', label: 'Platform' },
  { value: 'client_closed', label: 'Caller' },
  { value: 'ok', label: 'Nobody' },
] as const;

export const outcomeTitle = (outcome: Outcome): string => SHOWN[outcome].title;

/** In a list: the status a caller got, and who failed when somebody did. */
export function StatusMark({ execution: { status, outcome } }: { execution: Execution }) {
  const tone = outcome !== 'ok' ? SHOWN[outcome].tone : toneOf(status);
  return (
    <StateMark tone={tone} label={outcome === 'ok' ? `${status}` : `${status} ${SHOWN[outcome].label}`} />
  );
}

/** In words, for the head of a page. */
export function OutcomeMark({ execution: { status, outcome } }: { execution: Execution }) {
  const { tone, title } = SHOWN[outcome];
  return <StateMark tone={outcome === 'ok' ? toneOf(status) : tone} label={`${status} · ${title}`} />;
}

function toneOf(status: number): Tone {
  return status >= 500 ? 'bad' : status >= 400 ? 'warning' : 'good';
}
