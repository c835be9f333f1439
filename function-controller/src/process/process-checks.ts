import type { CheckSpec, Finding } from '@plat/platform-kit/checks.ts';
import type { EngineInfo } from '@plat/platform-kit/clients/controller-client.ts';
import type { InstanceHost } from '../instance-host.ts';

/** What is looked at where functions run as processes of this host. */
export function processChecks(host: Pick<InstanceHost, 'info'>): CheckSpec[] {
  return [
    {
      id: 'engine.version',
      title: 'The engine answers',
      run: async () => {
        const { version } = await host.info();
        return {
          verdict: 'ok',
          evidence: `Functions run as processes of this host (engine "process", Node ${version}).`,
        };
      },
    },
    {
      id: 'engine.isolation',
      title: 'The engine keeps instances apart',
      run: async () => {
        const { isolation } = await host.info();
        return {
          verdict: 'warn',
          evidence: `Less than containers do: ${isolation}`,
          remedy:
            'install and start Docker Engine 23 or newer; functions move over by themselves (docs/process-engine.md)',
        };
      },
    },
    {
      id: 'engine.move',
      title: 'Functions move to Docker once it is there',
      run: async () => judgeMove((await host.info()).move),
    },
  ];
}

export function judgeMove(move: EngineInfo['move']): Finding {
  if (!move) return { verdict: 'ok', evidence: 'No engine answers that they could move to.' };
  const evidence = `Docker answers. Not moved yet: ${move.left.join(', ') || 'nothing'}.`;
  if (move.problems.length === 0) return { verdict: 'ok', evidence };
  return {
    verdict: 'warn',
    evidence: `${evidence} ${move.problems.join(' ')}`,
    remedy: 'plat build-log NAME says what the build of an image printed; until then they serve as processes',
  };
}
