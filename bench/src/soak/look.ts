import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { docker, leftovers } from '@plat/e2e/engine.ts';
import type { Platform } from '@plat/e2e/platform.ts';
import { openDatabase } from '@plat/metadata-service/store/open-database.ts';
import { LABELS } from '@plat/platform-kit/docker/labels.ts';
import { poll } from '@plat/platform-kit/waiting.ts';
import { footprint } from '../processes.ts';
import { Inspector } from './inspector.ts';

/** What there was at one moment, by the measure's name. */
export type Look = {
  atMinutes: number;
  measures: Record<string, number>;
  /** Objects of the heap by what made them. */
  kinds: Record<string, number>;
};

/** Has the platform's process open its inspector; resolves with the address. */
export async function openInspector(platform: Platform): Promise<string> {
  process.kill(platform.pid, 'SIGUSR1');
  const url = await poll(async () => /Debugger listening on (ws:\S+)/.exec(platform.output)?.[1], {
    intervalMs: 50,
    timeoutMs: 10_000,
  });
  if (url === undefined) throw new Error('The platform did not open its inspector.');
  return url;
}

/** Everything that could grow: of the process, of the engine, of the data folder and of the record. */
export async function lookAt(platform: Platform, inspectorUrl: string): Promise<Omit<Look, 'atMinutes'>> {
  const { descriptors } = await footprint(platform.pid);
  const inspector = await Inspector.open(inspectorUrl);
  const held = await inspector.held().finally(() => inspector.close());
  const { residentBytes } = await footprint(platform.pid);
  const { containers, images, networks } = await leftovers(platform.namespace);
  const { Volumes } = await docker.listVolumes({
    filters: { label: [`${LABELS.namespace}=${platform.namespace}`] },
  });
  const data = path.join(platform.folder, 'data');
  const { files, bytes } = await sizeOf(data);
  const measures = {
    'resident MiB': residentBytes / 1024 ** 2,
    'heap MiB': held.heapMiB,
    timers: held.timers,
    listeners: held.listeners,
    sockets: held.sockets,
    promises: held.promises,
    descriptors,
    containers: containers.length,
    images: images.length,
    networks: networks.length,
    volumes: Volumes.length,
    files,
    'data MiB': bytes / 1024 ** 2,
    ...(await countRows(path.join(data, 'plat.db'))),
  };
  return { measures, kinds: held.kinds };
}

async function sizeOf(folder: string): Promise<{ files: number; bytes: number }> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const sizes = await Promise.all(
    files.map(({ parentPath, name }) =>
      stat(path.join(parentPath, name)).then(
        ({ size }) => size,
        // Gone since the folder was read.
        () => 0,
      ),
    ),
  );
  return { files: files.length, bytes: sizes.reduce((sum, size) => sum + size, 0) };
}

/** `rows of <table>`, of each. */
async function countRows(file: string): Promise<Record<string, number>> {
  const { db } = await openDatabase(`sqlite:${file}`, { mustExist: true });
  try {
    const counted: Record<string, number> = {};
    for (const { name } of await db.introspection.getTables()) {
      const { rows } = await db
        .selectFrom(name as 'versions')
        .select(({ fn }) => fn.countAll<number>().as('rows'))
        .executeTakeFirstOrThrow();
      counted[`rows of ${name}`] = Number(rows);
    }
    return counted;
  } finally {
    await db.destroy();
  }
}
