import { expect, test } from 'vitest';
import { writeLabels } from './labels.ts';
import { assignedName, poolName, readIdentity, readPoolLabels, writePoolLabels } from './pool-names.ts';

const CLAIM = { memoryMb: 128, cpus: 0.5, pids: 256 };
const POOL = { project: 'shop', runtime: 'node', claim: CLAIM, instance: 'abcdefgh12345678', port: 8080, engine: 'docker', spec: 'p1' }; // prettier-ignore
const INSTANCE = { functionId: 'f1', project: 'shop', function: 'pay-v2', version: 3, instance: 'i1', port: 8080, engine: 'docker', spec: 'abc', claim: CLAIM }; // prettier-ignore
const labels = writePoolLabels('plat', POOL);

test('labels of a pool survive being written and read', () => {
  expect(readPoolLabels(labels, 'plat')).toEqual(POOL);
  expect(readPoolLabels(labels, 'other')).toBeUndefined();
  expect(readPoolLabels(writeLabels('plat', INSTANCE), 'plat')).toBeUndefined();
});

test('a container of a pool is no instance until its name says whose it is', () => {
  expect(readIdentity({ name: `/${poolName('plat', POOL)}`, labels }, 'plat')).toBeUndefined();
  expect(readIdentity({ name: undefined, labels }, 'plat')).toBeUndefined();
  const name = assignedName('plat', INSTANCE);
  expect(readIdentity({ name: `/${name}`, labels }, 'plat')).toEqual(INSTANCE);
  expect(readIdentity({ name, labels }, 'plat')).toEqual(INSTANCE);
});

test('the name of a container never takes it out of its project or installation', () => {
  const name = assignedName('plat', { ...INSTANCE, project: 'other' });
  expect(readIdentity({ name, labels }, 'plat')).toBeUndefined();
  expect(readIdentity({ name: assignedName('other', INSTANCE), labels }, 'plat')).toBeUndefined();
});

test('the name of what is not of a pool says nothing', () => {
  const own = writeLabels('plat', { ...INSTANCE, functionId: 'f2' });
  expect(readIdentity({ name: assignedName('plat', INSTANCE), labels: own }, 'plat')?.functionId).toBe('f2');
  expect(readIdentity({ name: assignedName('plat', INSTANCE), labels: {} }, 'plat')).toBeUndefined();
});
