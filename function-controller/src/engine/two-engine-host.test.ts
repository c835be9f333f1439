import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { silentLogger } from '@plat/platform-kit/logging.ts';
import { imageFolder } from '@plat/platform-kit/process/process-state.ts';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { testSpec } from '../instance-host.contract.ts';
import type { InstanceHost } from '../instance-host.ts';
import { FakeInstanceHost } from '../testing/fake-instance-host.ts';
import { EngineState } from './engine-state.ts';
import { createTwoEngineHost } from './two-engine-host.ts';

const FOLDER_IMAGE = `sha256:${'a'.repeat(64)}`;
const DOCKER_IMAGE = `sha256:${'b'.repeat(64)}`;
let folder: string;
let processes: FakeInstanceHost;
let containers: FakeInstanceHost;
let state: EngineState;
let host: InstanceHost;

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'plat-two-'));
  await mkdir(imageFolder(folder, FOLDER_IMAGE), { recursive: true });
  await writeFile(path.join(imageFolder(folder, FOLDER_IMAGE), 'image.json'), '{}');
  [processes, containers] = [new FakeInstanceHost(), new FakeInstanceHost()];
  state = new EngineState(folder, 'process', silentLogger());
  host = createTwoEngineHost({ state, processes, containers, folder });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const startBoth = async () => {
  for (const imageId of [FOLDER_IMAGE, DOCKER_IMAGE]) await host.start(testSpec({ imageId }));
};
const counts = () => [processes.instances.size, containers.instances.size];

test('while the phase is "process" Docker is asked for nothing', async () => {
  containers.isAway = true;
  await startBoth();
  expect(counts()).toEqual([2, 0]);
  expect(await host.list()).toHaveLength(2);
});

test('while the phase is "moving" a version runs where its image is, and both are seen', async () => {
  state.advance('moving', 'test');
  await startBoth();
  expect(counts()).toEqual([1, 1]);
  expect(await host.list()).toHaveLength(2);
  containers.isAway = true;
  await expect(host.list()).rejects.toThrow();
});

test('once the phase is "docker" everything starts there, and what is left of processes is still seen', async () => {
  await startBoth();
  state.advance('docker', 'test');
  await startBoth();
  expect(counts()).toEqual([2, 2]);
  expect(await host.list()).toHaveLength(4);
});

test('a watch is over when the phase is', async () => {
  let opened = 0;
  const stop = new AbortController();
  const watching = host.watch({ signal: stop.signal, onOpen: () => opened++, onEvent: () => undefined });
  await expect.poll(() => opened).toBe(1);
  state.advance('moving', 'test');
  await watching;
  expect(stop.signal.aborted).toBe(false);
});
