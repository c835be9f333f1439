import type Docker from 'dockerode';
import { writeLabels } from '@plat/platform-kit/docker/labels.ts';
import { poolName, writePoolLabels } from '@plat/platform-kit/docker/pool-names.ts';
import type { InstanceSpec } from '../instance-host.ts';
import { claimOf, specHash } from '../instance-spec.ts';
import type { PoolSpec } from '../pools/pool-host.ts';
import { poolSpecHash } from '../pools/pool-spec.ts';

/** Nobody's user in the images of all runtimes; set here too, so that an image cannot choose root. */
const INSTANCE_USER = '65532:65532';

/** Room for the code that a container of a pool gets; what is in it counts as memory. */
const CODE_MB = 4;

type Place = { namespace: string; network: string; instance: string };

export function containerOptions(spec: InstanceSpec, place: Place): Docker.ContainerCreateOptions {
  return {
    name: `${place.namespace}-${spec.project}-${spec.function}-v${spec.version}-${place.instance.slice(-8)}`,
    Image: spec.imageId,
    User: INSTANCE_USER,
    Env: Object.entries(spec.env).map(([name, value]) => `${name}=${value}`),
    Labels: {
      ...(spec.edgeLabels && { ...spec.edgeLabels, 'traefik.docker.network': place.network }),
      ...writeLabels(place.namespace, {
        functionId: spec.functionId,
        project: spec.project,
        function: spec.function,
        version: spec.version,
        instance: place.instance,
        port: spec.port,
        engine: 'docker',
        spec: specHash(spec),
        claim: claimOf(spec),
      }),
    },
    HostConfig: confinement(spec, place),
  };
}

/** A container that has no function yet; its code will be in memory. */
export function pooledContainerOptions(spec: PoolSpec, place: Place): Docker.ContainerCreateOptions {
  const { project, runtime, port } = spec;
  const claim = claimOf(spec);
  const { namespace, instance } = place;
  const labels = { project, runtime, claim, instance, port, engine: 'docker', spec: poolSpecHash(spec) };
  const host = confinement(spec, place);
  return {
    name: poolName(namespace, labels),
    Image: spec.imageId,
    User: INSTANCE_USER,
    Env: [`PORT=${port}`, 'PLAT_GENERIC=1'],
    Labels: writePoolLabels(namespace, labels),
    HostConfig: {
      ...host,
      Tmpfs: {
        ...host.Tmpfs,
        '/app': `rw,exec,nosuid,nodev,size=${CODE_MB}m,mode=0755,uid=${INSTANCE_USER.replace(':', ',gid=')}`,
      },
      // What it was given is gone once it ends.
      RestartPolicy: { Name: 'no' },
    },
  };
}

/** How an instance is confined. Every line here is a promise of `docs/architecture.md`; a test reads them back from the engine. */
function confinement(
  { memoryMb, cpus, pids, tmpMb }: Pick<InstanceSpec, 'memoryMb' | 'cpus' | 'pids' | 'tmpMb'>,
  { network }: Place,
): Docker.HostConfig {
  const memory = memoryMb * 1024 * 1024;
  return {
    NetworkMode: network,
    Memory: memory,
    // Equal to Memory: no swap on top of it.
    MemorySwap: memory,
    NanoCpus: Math.round(cpus * 1e9),
    PidsLimit: pids,
    CapDrop: ['ALL'],
    SecurityOpt: ['no-new-privileges'],
    ReadonlyRootfs: true,
    Tmpfs: { '/tmp': `rw,nosuid,nodev,size=${tmpMb}m,mode=1777` },
    Init: true,
    // Brings instances back when the engine restarts, even while the platform is down. Not `unless-stopped`: after a
    // crash of the engine it takes what it finds dead for stopped by hand.
    RestartPolicy: { Name: 'always' },
    LogConfig: { Type: 'json-file', Config: { 'max-size': '10m', 'max-file': '3' } },
    PublishAllPorts: false,
  };
}
