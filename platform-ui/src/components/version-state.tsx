import type { VersionState as State } from '@plat/platform-kit/version-states.ts';
import { StateMark, type Tone } from './state-mark.tsx';

const SHOWN: Record<State, { tone: Tone; label: string }> = {
  pending: { tone: 'busy', label: 'Waiting' },
  building: { tone: 'busy', label: 'Building' },
  starting: { tone: 'busy', label: 'Starting' },
  ready: { tone: 'good', label: 'Ready' },
  failed: { tone: 'bad', label: 'Failed' },
  cancelled: { tone: 'quiet', label: 'Cancelled' },
};

export function VersionState({ state }: { state: State }) {
  return <StateMark {...SHOWN[state]} />;
}
