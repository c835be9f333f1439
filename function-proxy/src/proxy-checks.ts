import type { ChangeFollower } from '@plat/platform-kit/change-feed.ts';
import type { CheckSpec, Finding } from '@plat/platform-kit/checks.ts';
import type { Acquirer } from './acquire.ts';
import type { ReachView } from './relay/reach.ts';

/** What the proxy knows to look at: whether it follows the record, and whether calls pile up. */
export function proxyChecks(deps: {
  follower: Pick<ChangeFollower, 'synced' | 'replica'>;
  acquirer: Pick<Acquirer, 'load'>;
  reach: ReachView;
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
    {
      id: 'proxy.reach',
      title: 'The function-proxy reaches containers',
      run: () => judgeReach(deps.reach),
    },
  ];
}

async function judgeReach(reach: ReachView): Promise<Finding> {
  const { way, reason, problem } = reach.info();
  if (way === 'unknown') return { verdict: 'skip', evidence: `It is not known yet: ${reason}.` };
  if (way === 'direct') return { verdict: 'ok', evidence: `By their addresses: ${reason}.` };
  const evidence = `Through a relay container: ${reason}.`;
  if (problem !== null)
    return {
      verdict: 'fail',
      evidence: `${evidence} There is none now: ${problem}`,
      remedy: 'see docs/relay.md; docker load or docker pull the image that RELAY_IMAGE names',
    };
  const trip = await reach.roundTrip();
  const state = trip
    ? `${trip.relay} answers in ${trip.ms.toFixed(1)} ms.`
    : 'None is needed while no instance runs.';
  return { verdict: 'ok', evidence: `${evidence} ${state}` };
}
