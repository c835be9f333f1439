import type { CheckSpec } from '@plat/platform-kit/checks.ts';
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
          remedy: 'install and start Docker Engine 23 or newer (docs/process-engine.md)',
        };
      },
    },
  ];
}
