import { checkDisk } from '@plat/platform-kit/check-disk.ts';
import type { CheckSpec, Finding } from '@plat/platform-kit/checks.ts';
import type { ProxyClient } from '@plat/platform-kit/clients/proxy-client.ts';
import { PlatformError } from '@plat/platform-kit/errors.ts';
import type { Garbage } from '@plat/platform-kit/garbage.ts';
import { poll } from '@plat/platform-kit/waiting.ts';
import { budgetCheck } from './budget/budget-check.ts';
import { collectGarbage, findGarbage, type GarbageDeps } from './collect-garbage.ts';
import type { Controller } from './controller.ts';
import { ensureNetworkOf, listOwnThings, type EngineOfOurs } from './docker/own-things.ts';
import { findDrift, type Drift } from './drift.ts';
import { engineChecks } from './engine-checks.ts';
import type { InstanceHost } from './instance-host.ts';
import { processChecks } from './process/process-checks.ts';
import { unclaimedCheck } from './unclaimed-check.ts';

const MEND_MS = 20_000;
const LOOK_MS = 200;

export type ControllerCheckDeps = GarbageDeps & {
  controller: Pick<Controller, 'record' | 'unclaimed' | 'lookAgain' | 'replaceInstance' | 'budget'>;
  host: Pick<InstanceHost, 'engine' | 'list' | 'info'>;
  proxy: Pick<ProxyClient, 'listReadiness'>;
  dataFolder: string;
};

/** What the controller knows to look at: the engine, and where it differs from the record. */
export function controllerChecks(deps: ControllerCheckDeps, hints: { images: string[] }): CheckSpec[] {
  const engine = dockerOf(deps);
  const isDocker = engine !== undefined;
  const specs = isDocker
    ? engineChecks(engine, [...hints.images, ...liveImages(deps)])
    : processChecks(deps.host);
  // Processes have no networks, and each has a port of loopback.
  const isMeant = ({ id }: CheckSpec) => isDocker || !DOCKER_ONLY.has(id);
  return [
    ...specs,
    ...[...driftChecks(deps), ...garbageChecks(deps)].filter(isMeant),
    unclaimedCheck(deps.controller),
    budgetCheck(deps.controller),
    dataDisk(deps),
  ];
}

const DOCKER_ONLY = new Set(['networks.present', 'instances.connected', 'instances.ports', 'instances.strays', 'networks.orphans']); // prettier-ignore

function driftChecks(deps: ControllerCheckDeps): CheckSpec[] {
  const isWhole = (drift: Drift) =>
    drift.short.length + drift.unreachable.length + drift.networkless.length === 0;
  const mend = async (signal: AbortSignal): Promise<string> => {
    const drift = await look(deps);
    const engine = dockerOf(deps);
    if (engine) for (const project of drift.networkless) await ensureNetworkOf(engine, project);
    for (const { id } of drift.unreachable)
      await deps.controller.replaceInstance(id, 'It was on no network.');
    await deps.controller.lookAgain();
    const mended = await poll(async () => (isWhole(await look(deps)) ? true : undefined), {
      intervalMs: LOOK_MS,
      timeoutMs: MEND_MS - 2000,
      signal,
    });
    if (!mended)
      throw new PlatformError('unavailable', 'it was begun, and is not over yet; look again in a while.');
    const done = [
      ...(drift.networkless.length ? [`made ${drift.networkless.length} network(s) again`] : []),
      ...(drift.unreachable.length ? [`replaced ${drift.unreachable.length} instance(s)`] : []),
      ...(drift.short.length ? ['started what was missing'] : []),
    ];
    return done.join(', ') || 'it had mended by itself';
  };
  const drift = (
    id: string,
    title: string,
    judge: (drift: Drift) => { wrong: string[]; good: string; bad: string },
  ): CheckSpec => ({
    id,
    title,
    timeoutMs: MEND_MS,
    run: async () => {
      const { wrong, good, bad } = judge(await look(deps));
      if (wrong.length === 0) return { verdict: 'ok', evidence: good };
      return { verdict: 'fail', evidence: `${bad}: ${wrong.join(', ')}.`, remedy: 'plat doctor --fix' };
    },
    fix: mend,
  });
  return [
    drift('instances.present', 'Functions have the instances they should have', ({ short }) => ({
      wrong: short,
      good: 'None has too few.',
      bad: 'Too few instances',
    })),
    drift('networks.present', 'Every project with instances has its network', ({ networkless }) => ({
      wrong: networkless,
      good: 'None is missing.',
      bad: 'Without a network',
    })),
    drift('instances.connected', 'Instances are on their networks', ({ unreachable }) => ({
      wrong: unreachable.map(({ name }) => name),
      good: 'Each one that runs has an address.',
      bad: 'They run and nobody can call them',
    })),
    {
      id: 'instances.ports',
      title: 'No instance has a port of the host',
      run: async (): Promise<Finding> => {
        const { published } = await look(deps);
        if (published.length === 0) return { verdict: 'ok', evidence: 'None does.' };
        return { verdict: 'fail', evidence: `${published.join(', ')}.`, remedy: `docker rm -f ${published[0]!.split(' ')[0]}` };
      },
    },
    {
      id: 'proxy.sees-instances',
      title: 'The function-proxy sees the instances that run',
      run: async (): Promise<Finding> => {
        const [running, known] = await Promise.all([
          deps.host.list().then((all) => all.filter(({ status }) => status === 'running')),
          deps.proxy.listReadiness(),
        ]);
        const readiness = new Map(known.items.map((item) => [item.instanceId, item.readiness]));
        const ready = running.filter(({ id }) => readiness.get(id)?.state === 'ready');
        const failed = running.filter(({ id }) => readiness.get(id)?.state === 'failed');
        const evidence = `${ready.length} of ${running.length} that run are ready${failed.length ? `; failed: ${failed.map(({ name }) => name).join(', ')}` : ''}.`;
        if (ready.length === running.length) return { verdict: 'ok', evidence };
        return { verdict: 'warn', evidence, remedy: 'plat logs NAME says what they print; those that just started need a moment' };
      },
    },
  ]; // prettier-ignore
}

function garbageChecks(deps: ControllerCheckDeps): CheckSpec[] {
  const of = (id: string, title: string, isIt: (item: Garbage) => boolean): CheckSpec => ({
    id,
    title,
    run: async () => {
      const found = (await findGarbage(deps)).filter(isIt);
      if (found.length === 0) return { verdict: 'ok', evidence: 'There is none.' };
      const list = found.map(({ name, why }) => `${name} (${why})`).join(', ');
      return { verdict: 'warn', evidence: `${list}.`, remedy: 'plat doctor --fix, or plat gc' };
    },
    fix: async () => {
      const items = (await collectGarbage(deps, { dryRun: false })).filter(
        ({ outcome }) => outcome === 'removed',
      );
      return `removed ${items.map(({ kind, name }) => `${kind} ${name}`).join(', ') || 'nothing'}`;
    },
  });
  return [
    of('instances.strays', 'There is no container that nobody wants', ({ kind }) => kind === 'container'),
    of('networks.orphans', 'There is no network or volume that nobody wants', ({ kind }) => kind === 'network' || kind === 'volume'),
  ]; // prettier-ignore
}

function dataDisk({ dataFolder }: ControllerCheckDeps): CheckSpec {
  return {
    id: 'controller.disk',
    title: 'There is room for the logs of instances',
    run: () => checkDisk(dataFolder),
  };
}

/** The engine, where all instances are containers. */
function dockerOf({ host, engine }: ControllerCheckDeps): EngineOfOurs | undefined {
  return host.engine === 'docker' ? engine() : undefined;
}

async function look(deps: ControllerCheckDeps): Promise<Drift> {
  const { record } = deps.controller;
  const engine = dockerOf(deps);
  if (!record) throw new PlatformError('unavailable', 'The record has not been read yet.');
  const [instances, things] = await Promise.all([
    deps.host.list(),
    engine ? listOwnThings(engine) : undefined,
  ]);
  return findDrift({
    functions: [...record.values()],
    instances: instances.map(({ id, status, labels }) => ({ ...labels, id, status })),
    things,
  });
}

function liveImages({ controller }: ControllerCheckDeps): string[] {
  return [...(controller.record?.values() ?? [])].flatMap(({ versions }) =>
    versions.flatMap(({ imageId }) => imageId ?? []),
  );
}
