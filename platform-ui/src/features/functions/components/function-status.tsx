import type { FunctionStatus as Status } from '@plat/platform-kit/api/views.ts';
import { StateMark, type Tone } from '../../../components/state-mark.tsx';

const SHOWN: Record<Status, { tone: Tone; label: string }> = {
  active: { tone: 'good', label: 'Active' },
  deploying: { tone: 'busy', label: 'Deploying' },
  failed: { tone: 'bad', label: 'Failed' },
  stopped: { tone: 'quiet', label: 'Stopped' },
};

export const STATUS_LABELS = Object.fromEntries(
  Object.entries(SHOWN).map(([status, { label }]) => [status, label]),
) as Record<Status, string>;

export function FunctionStatus({ status }: { status: Status }) {
  return <StateMark {...SHOWN[status]} />;
}
