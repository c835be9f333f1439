import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { RebuildStatus } from '@plat/platform-kit/clients/builder-client.ts';
import { readPhase } from '@plat/platform-kit/engine-phase.ts';
import { silentLogger } from '@plat/platform-kit/logging.ts';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { alias, functionRecord, versionRecord } from '../testing/test-records.ts';
import { EngineKeeper } from './engine-keeper.ts';
import { EngineState } from './engine-state.ts';

let folder: string;
let keeper: EngineKeeper;
let state: EngineState;
/** What the fakes say and were asked. */
let world: { isUp: boolean; imageId: string; processes: number; rebuild: RebuildStatus; rebuilds: number; looks: number }; // prettier-ignore

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'plat-keeper-'));
  world = { isUp: true, imageId: 'process:1', processes: 1, rebuild: { outcome: 'building' }, rebuilds: 0, looks: 0 }; // prettier-ignore
  state = new EngineState(folder, 'process', silentLogger());
  keeper = new EngineKeeper({
    state,
    ping: async () => {
      if (!world.isUp) throw new Error('nobody there');
    },
    processes: async () =>
      Array.from({ length: world.processes }, () => ({
        functionId: 'f1',
        project: 'shop',
        function: 'hello',
        version: 1,
      })),
    isProcessImage: (imageId) => imageId.startsWith('process'),
    builder: {
      rebuild: async () => {
        world.rebuilds++;
        return world.rebuild;
      },
    },
    logger: silentLogger(),
    record: () => {
      const fn = functionRecord({
        versions: [versionRecord({ imageId: world.imageId })],
        aliases: [alias('live', [1, 100])],
      });
      return new Map([[fn.id, fn]]);
    },
    onPhase: async () => void world.looks++,
    onRebuild: async () => undefined,
    lookMs: { process: 5, moving: 5 },
  });
});
afterEach(async () => {
  await keeper.close();
  await rm(folder, { recursive: true, force: true });
});

test('the keeper asks for images, and is done once no version and no process is left', async () => {
  keeper.start();
  await expect.poll(() => world.rebuilds).toBeGreaterThan(0);
  expect([state.phase, readPhase(folder)]).toEqual(['moving', 'moving']);
  world.imageId = 'docker:1';
  await expect.poll(() => state.move?.left).toEqual(['shop/hello version 1']);
  const { changed } = state;
  world.processes = 0;
  await expect.poll(() => state.phase).toBe('docker');
  expect(changed.aborted).toBe(true);
  expect(readPhase(folder)).toBe('docker');
  expect(world.looks).toBe(2);
});

test('the keeper stays where it is while nobody answers', async () => {
  world.isUp = false;
  keeper.start();
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect([state.phase, world.rebuilds]).toEqual(['process', 0]);
});

test('the keeper does not ask again at once for a build that failed, and says what stands in the way', async () => {
  world.rebuild = { outcome: 'failed', reason: 'no base image' };
  keeper.start();
  await expect.poll(() => state.move?.problems).toEqual(['shop/hello version 1: no base image']);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(world.rebuilds).toBe(1);
  expect(state.phase).toBe('moving');
});
