import type { VersionRecord } from '@plat/platform-kit/domain.ts';
import type { Phase } from '../../../components/phase-timeline.tsx';

type Times = Pick<VersionRecord, 'createdAt' | 'buildStartedAt' | 'builtAt' | 'finishedAt'>;

/** The parts of a deploy's time, as far as they are over. */
export function planDeploy({ createdAt, buildStartedAt, builtAt, finishedAt }: Times): Phase[] {
  const steps = [
    { key: 'waited', label: 'Waiting for the builder', part: 'wait', at: buildStartedAt },
    { key: 'built', label: 'Building the image', part: 'platform', at: builtAt ?? finishedAt },
    { key: 'started', label: 'Starting, until it was ready', part: 'function', at: builtAt && finishedAt },
  ] as const;
  const phases: Phase[] = [];
  let fromMs = 0;
  for (const { at, ...step } of steps) {
    if (at === null) break;
    const toMs = Math.max(Date.parse(at) - Date.parse(createdAt), fromMs);
    phases.push({ ...step, fromMs, toMs });
    fromMs = toMs;
  }
  return phases;
}
