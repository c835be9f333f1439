import { createHash } from 'node:crypto';
import {
  chmod, chown, cp, lchown, mkdir, readFile, readdir, rename, rm, rmdir, stat, utimes, writeFile,
} from 'node:fs/promises'; // prettier-ignore
import path from 'node:path';
import { newId } from '@plat/platform-kit/ids.ts';
import {
  baseEnvironment,
  drawUid,
  placeOf,
  workRoot,
  type Confinement,
} from '@plat/platform-kit/process/confinement.ts';
import type { RuntimeManifest } from '@plat/platform-kit/runtime-manifest.ts';
import { readTree } from '../read-tree.ts';
import { treeDigest } from '../tree-digest.ts';
import { runStep } from './run-step.ts';

/** Older ones are removed; a layer is only needed while its image is made. */
const LAYERS_KEPT = 20;
const SYSTEM_CERTIFICATES = '/etc/ssl/certs/ca-certificates.crt';
const SETTINGS = '.plat-build';
const TMP = '.plat-tmp';

export type LayerOptions = {
  /** The engine's folder. */
  folder: string;
  /** `deps/` holds the dependency files, `build/` the settings. */
  contextFolder: string;
  manifest: RuntimeManifest;
  confinement: Confinement;
  memoryBytes: number;
  onLine: (phase: string, text: string) => void;
  signal: AbortSignal;
};

/** The folder with what a version's dependency files ask for; made once for the same files. Undefined when there are none. */
export async function dependencyLayer(options: LayerOptions): Promise<string | undefined> {
  const { contextFolder, manifest, onLine } = options;
  const present = new Set(await readdir(path.join(contextFolder, 'deps')));
  const steps = (manifest.process?.install ?? []).filter(
    ({ files, without = [] }) =>
      files.every((file) => present.has(file)) && !without.some((file) => present.has(file)),
  );
  if (steps.length === 0) return undefined;
  const layers = path.join(options.folder, 'layers');
  const layer = path.join(layers, await layerKey(options, steps));
  if (await stat(layer).catch(() => undefined)) {
    onLine('deps', 'CACHED dependencies: their files have not changed.');
    await utimes(layer, new Date(), new Date());
    return layer;
  }
  await mkdir(layers, { recursive: true, mode: 0o700 });
  const root = workRoot(options.confinement, options.folder);
  const staging = path.join(root, `build-${newId()}`);
  try {
    await mkdir(root, { recursive: true, mode: 0o711 });
    await install(staging, steps, options);
    await cp(staging, `${layer}.new`, { recursive: true, verbatimSymlinks: true });
    await rename(`${layer}.new`, layer);
  } finally {
    await rm(staging, { recursive: true, force: true });
    await rm(`${layer}.new`, { recursive: true, force: true });
    await rmdir(root).catch(() => undefined);
  }
  await forgetOldLayers(layers);
  return layer;
}

type Steps = NonNullable<NonNullable<RuntimeManifest['process']>['install']>;

async function layerKey({ contextFolder, manifest }: LayerOptions, steps: Steps): Promise<string> {
  const files = treeDigest(await readTree(path.join(contextFolder, 'deps')));
  const settings = treeDigest(await readTree(path.join(contextFolder, 'build')));
  const parts = [1, manifest.id, steps, files, settings, process.version];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

async function install(staging: string, steps: Steps, options: LayerOptions): Promise<void> {
  const { confinement, contextFolder, onLine } = options;
  const mount = { from: staging, to: '/layer', writable: true };
  const root = placeOf(confinement, mount);
  const uid = drawUid(confinement);
  await mkdir(staging, { mode: 0o700 });
  await cp(path.join(contextFolder, 'deps'), staging, { recursive: true });
  await cp(path.join(contextFolder, 'build'), path.join(staging, SETTINGS), { recursive: true });
  await mkdir(path.join(staging, TMP));
  const env = {
    ...baseEnvironment(confinement, path.join(root, TMP)),
    ...(await settingsEnvironment(staging, root)),
  };
  if (uid !== undefined) await eachBelow(staging, (file) => lchown(file, uid, uid));
  for (const step of steps) {
    const command = step.command.map((word) =>
      word.replaceAll('{root}', root).replaceAll('{deps}', path.join(root, 'deps')),
    );
    onLine('deps', `RUN ${command.join(' ')}`);
    const onText = (text: string) => onLine('deps', text);
    await runStep({ ...options, command, cwd: root, mounts: [mount], env, uid, onLine: onText });
  }
  for (const name of [SETTINGS, TMP]) await rm(path.join(staging, name), { recursive: true, force: true });
}

/** What package managers read of the settings for builds. */
async function settingsEnvironment(staging: string, root: string): Promise<Record<string, string>> {
  const env: Record<string, string> = {};
  const present = new Set(await readdir(path.join(staging, SETTINGS)));
  const at = (name: string) => path.join(root, SETTINGS, name);
  if (present.has('npmrc')) env['NPM_CONFIG_USERCONFIG'] = at('npmrc');
  if (present.has('pip.conf')) env['PIP_CONFIG_FILE'] = at('pip.conf');
  const system = await readFile(SYSTEM_CERTIFICATES, 'utf8').catch(() => '');
  const own = present.has('ca.crt') ? await readFile(path.join(staging, SETTINGS, 'ca.crt'), 'utf8') : '';
  if (!system && !own) return env;
  // What this host trusts is trusted in its builds.
  await writeFile(path.join(staging, SETTINGS, 'all.crt'), `${system}\n${own}`);
  return { ...env, NODE_EXTRA_CA_CERTS: at('all.crt'), PIP_CERT: at('all.crt') };
}

/** Gives a tree to this user, readable by all and writable by none but it, whatever a build made of it. */
export async function ownTree(folder: string, isRoot: boolean): Promise<void> {
  await eachBelow(folder, async (file, kind, isExecutable) => {
    if (isRoot) await (kind === 'link' ? lchown(file, 0, 0) : chown(file, 0, 0));
    if (kind !== 'link') await chmod(file, kind === 'folder' || isExecutable ? 0o755 : 0o644);
  });
}

async function eachBelow(
  at: string,
  act: (file: string, kind: 'file' | 'folder' | 'link', isExecutable: boolean) => Promise<void>,
): Promise<void> {
  await act(at, 'folder', true);
  for (const entry of await readdir(at, { withFileTypes: true })) {
    const file = path.join(at, entry.name);
    if (entry.isDirectory()) await eachBelow(file, act);
    else if (entry.isSymbolicLink()) await act(file, 'link', false);
    else if (entry.isFile()) await act(file, 'file', ((await stat(file)).mode & 0o100) !== 0);
    // Sockets, pipes and devices have no place in an image.
    else await rm(file, { force: true });
  }
}

async function forgetOldLayers(layers: string): Promise<void> {
  const known = await Promise.all(
    (await readdir(layers)).map(async (name) => ({
      name,
      mtimeMs: (await stat(path.join(layers, name))).mtimeMs,
    })),
  );
  known.sort((a, b) => b.mtimeMs - a.mtimeMs);
  for (const { name } of known.slice(LAYERS_KEPT))
    await rm(path.join(layers, name), { recursive: true, force: true });
}
