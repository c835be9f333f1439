import { chown, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { writeLabels } from '@plat/platform-kit/docker/labels.ts';
import {
  baseEnvironment,
  confine,
  placeOf,
  type Confinement,
} from '@plat/platform-kit/process/confinement.ts';
import { linkTree } from '@plat/platform-kit/process/link-tree.ts';
import {
  imageFolder,
  processPaths,
  type ProcessImage,
  type ProcessSpec,
} from '@plat/platform-kit/process/process-state.ts';
import { INSTANCE_MARKER } from '@plat/platform-kit/process/process-tree.mjs';
import type { InstanceSpec } from '../instance-host.ts';
import { claimOf, specHash } from '../instance-spec.ts';
import type { Place } from './place-book.ts';

const MIB = 1024 * 1024;
/** Address space for what is reserved and not used: threads' stacks, V8's heap. Memory itself is watched. */
const DATA_MARGIN_BYTES = 1024 * MIB;

/** Makes the private folder of an instance; returns what its supervisor has to know. */
export async function prepareProcess(
  spec: InstanceSpec,
  made: {
    id: string;
    image: Pick<ProcessImage, 'command' | 'env'>;
    workFolder: string;
    place: Place;
    /** The engine's folder. */
    folder: string;
    namespace: string;
    confinement: Confinement;
  },
): Promise<ProcessSpec> {
  const { id, image, workFolder, folder, namespace, confinement } = made;
  const { port, uid } = made.place;
  const app = { from: path.join(workFolder, 'app'), to: '/app' };
  const root = placeOf(confinement, app);
  const tmp = path.join(workFolder, 'tmp');
  await mkdir(path.dirname(workFolder), { recursive: true, mode: 0o711 });
  for (const own of [workFolder, tmp]) {
    await mkdir(own, { mode: 0o700 });
    if (uid !== undefined) await chown(own, uid, uid);
  }
  await linkTree(imageFolder(folder, spec.imageId), app.from, { hard: uid !== undefined });
  const fill = (text: string) =>
    text
      .replaceAll('{root}', root)
      .replaceAll(/\{(runtime|source|deps)\}/g, (_all, name: string) => path.join(root, name));
  const files = processPaths(folder).of(id);
  const name = `${namespace}-${spec.project}-${spec.function}-v${spec.version}-${id.slice(-8)}`;
  const env = Object.fromEntries(Object.entries(image.env).map(([key, value]) => [key, fill(value)]));
  return {
    id,
    name,
    labels: writeLabels(namespace, {
      functionId: spec.functionId,
      project: spec.project,
      function: spec.function,
      version: spec.version,
      instance: id,
      port,
      engine: 'process',
      spec: specHash(spec),
      claim: claimOf(spec),
    }),
    createdAtMs: Date.now(),
    imageId: spec.imageId,
    port,
    uid: uid ?? null,
    memoryBytes: spec.memoryMb * MIB,
    command: confine(confinement, {
      command: image.command.map(fill),
      cwd: path.join(root, 'source'),
      mounts: [app],
      uid,
      limits: {
        dataBytes: spec.memoryMb * MIB + DATA_MARGIN_BYTES,
        fileBytes: spec.tmpMb * MIB,
        processes: spec.pids,
        tmpBytes: spec.tmpMb * MIB,
      },
    }),
    env: {
      ...baseEnvironment(confinement, tmp),
      ...env,
      ...spec.env,
      PORT: String(port),
      PLAT_LISTEN_HOST: '127.0.0.1',
      [INSTANCE_MARKER]: id,
    },
    workFolder,
    logFile: files.log,
    stateFile: files.state,
    stopFile: files.stop,
  };
}
