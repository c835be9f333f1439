import type { InstanceInfo } from '@plat/platform-kit/domain.ts';
import { StateMark, type Tone } from './state-mark.tsx';

type Asked = Pick<InstanceInfo, 'status' | 'readiness' | 'rung'>;

/** The engine's word on an instance, and the platform's own probe where it runs. */
export function InstanceState({ instance }: { instance: Asked }) {
  return <StateMark {...shown(instance)} />;
}

/** `ready`, `starting`, `failed`, the rung it sleeps on (`paused`, `stopped`), or the engine's word for what does not run. */
export function instanceState(instance: Asked): string {
  return shown(instance).label;
}

function shown({ status, readiness, rung }: Asked): {
  tone: Tone;
  label: string;
} {
  if (rung === 'paused' || rung === 'stopped') return { tone: 'quiet', label: rung };
  if (status !== 'running') return { tone: 'quiet', label: status };
  switch (readiness) {
    case 'ready':
      return { tone: 'good', label: 'ready' };
    case 'failed':
      return { tone: 'bad', label: 'failed' };
    case 'probing':
    case 'unknown':
      return { tone: 'busy', label: 'starting' };
  }
}
