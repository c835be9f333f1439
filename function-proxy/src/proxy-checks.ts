import type { ChangeFollower } from '@plat/platform-kit/change-feed.ts';
import type { CheckSpec } from '@plat/platform-kit/checks.ts';
import type { Acquirer } from './acquire.ts';

/** What the proxy knows to look at: whether it follows the record, and whether calls pile up. */
export function proxyChecks(deps: {
  follower: Pick<ChangeFollower, 'synced' | 'replica'>;
  acquirer: Pick<Acquirer, 'load'>;
}): CheckSpec[] {
  return [
    {
      id: 'proxy.record',
      title: 'The function-proxy knows the record',
      run: async () => {
        const { synced, replica } = deps.follower;
        if (synced) return { verdict: 'ok', evidence: `It routes to ${replica.functions.size} function(s).` };
        return {
          verdict: 'fail',
          evidence: 'It has not read the record yet: it can route nothing.',
          remedy: 'see that the metadata-service runs',
        };
      },
    },
    {
      id: 'proxy.waiting',
      title: 'No calls pile up',
      run: async () => {
        const load = deps.acquirer.load();
        const waiting = load.reduce((sum, version) => sum + version.waiting, 0);
        const inFlight = load.reduce((sum, version) => sum + version.inFlight, 0);
        const evidence = `${inFlight} in flight, ${waiting} waiting for an instance.`;
        if (waiting <= Math.max(10, inFlight)) return { verdict: 'ok', evidence };
        return { verdict: 'warn', evidence, remedy: 'plat instances NAME --stats shows who is busy' };
      },
    },
  ];
}
