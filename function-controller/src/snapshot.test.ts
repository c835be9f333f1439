import { mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { FunctionRecord } from '@plat/platform-kit/domain.ts';
import { silentLogger } from '@plat/platform-kit/logging.ts';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Snapshot } from './snapshot.ts';
import { functionRecord, versionRecord } from './testing/test-records.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'plat-snapshot-'));
});
afterEach(() => rm(folder, { recursive: true }));
const open = () => new Snapshot(path.join(folder, 'data'), silentLogger());
const stateOf = (...functions: FunctionRecord[]) => ({ seq: 1, functions, unclaimed: [] });
const file = () => path.join(folder, 'data', 'functions.json');

test('what was saved is loaded by the next process', async () => {
  const functions = [functionRecord({ versions: [versionRecord({ config: { env: { A: 'ü' } } })] })];
  const state = { seq: 7, functions, unclaimed: [{ id: 'f9', project: 'shop', name: 'gone' }] };
  await open().save(state);
  expect(await open().load()).toMatchObject(state);
});

test('without a file, or with a damaged one, there is nothing, and saving mends it', async () => {
  expect((await open().load()).functions).toEqual([]);
  await open().save(stateOf(functionRecord()));
  const whole = await readFile(file(), 'utf8');
  for (const damaged of ['', '{', whole.slice(0, -10), '{"savedAt":"x","functions":[{}]}', 'null']) {
    await writeFile(file(), damaged);
    expect((await open().load()).functions).toEqual([]);
  }
  await open().save(stateOf(functionRecord()));
  expect((await open().load()).functions).toHaveLength(1);
});

test('only its owner may read it, and nothing else is left beside it', async () => {
  await open().save(stateOf(functionRecord()));
  expect((await stat(file())).mode & 0o777).toBe(0o600);
  expect(await readdir(path.dirname(file()))).toEqual(['functions.json']);
});

test('the last of many saves wins, and each of them resolves', async () => {
  const snapshot = open();
  await Promise.all(
    Array.from({ length: 100 }, (_, i) => snapshot.save(stateOf(functionRecord({ name: `f${i}` })))),
  );
  expect((await snapshot.load()).functions.map((record) => record.name)).toEqual(['f99']);
  await snapshot.save(stateOf());
  expect((await snapshot.load()).functions).toEqual([]);
});

test('a file that is read while it is written is never half a file', async () => {
  const snapshot = open();
  const many = Array.from({ length: 200 }, (_, i) => functionRecord({ id: `f${i}` }));
  await snapshot.save(stateOf(...many));
  let writing = true;
  const writes = (async () => {
    for (let i = 0; i < 20; i++) await snapshot.save(stateOf(...many));
    writing = false;
  })();
  while (writing)
    expect(JSON.parse(await readFile(file(), 'utf8'))).toMatchObject({ functions: { length: 200 } });
  await writes;
});

test('a folder that cannot be written to is no reason to fail', async () => {
  await writeFile(path.join(folder, 'data'), 'a file');
  await open().save(stateOf(functionRecord()));
});
