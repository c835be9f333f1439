import type Docker from 'dockerode';
import { writeLabels } from '@plat/platform-kit/docker/labels.ts';
import type { InstanceSpec } from '../instance-host.ts';
import { claimOf, specHash } from '../instance-spec.ts';

/** Nobody's user in the images of all runtimes; set here too, so that an image cannot choose root. */
const INSTANCE_USER = '65532:65532';

/** How an instance is confined. Every line here is a promise of `docs/architecture.md`; a test reads them back from the engine. */
export function containerOptions(
  spec: InstanceSpec,
  place: { namespace: string; network: string; instance: string },
): Docker.ContainerCreateOptions {
  const memory = spec.memoryMb * 1024 * 1024;
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
    HostConfig: {
      NetworkMode: place.network,
      Memory: memory,
      // Equal to Memory: no swap on top of it.
      MemorySwap: memory,
      NanoCpus: Math.round(spec.cpus * 1e9),
      PidsLimit: spec.pids,
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges'],
      ReadonlyRootfs: true,
      Tmpfs: { '/tmp': `rw,nosuid,nodev,size=${spec.tmpMb}m,mode=1777` },
      Init: true,
      // Brings instances back when the engine restarts, even while the platform is down. Not `unless-stopped`: after a
      // crash of the engine it takes what it finds dead for stopped by hand.
      RestartPolicy: { Name: 'always' },
      LogConfig: { Type: 'json-file', Config: { 'max-size': '10m', 'max-file': '3' } },
      PublishAllPorts: false,
    },
  };
}
