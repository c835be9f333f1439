import { expect, test } from 'vitest';
import { LABELS, isManaged, readLabels, writeLabels } from './labels.ts';

const LABELS_OF = {
  functionId: 'f1',
  project: 'shop',
  function: 'hello',
  version: 3,
  instance: 'i1',
  port: 8080,
  engine: 'docker',
  spec: 'abc',
};
const written = writeLabels('plat', LABELS_OF);

test('labels survive being written and read', () => {
  expect(readLabels(written, 'plat')).toEqual(LABELS_OF);
});

test('what an instance takes of the host survives too, and is left out where it is not written as it should be', () => {
  const claim = { memoryMb: 128, cpus: 0.5, pids: 256 };
  const labels = writeLabels('plat', { ...LABELS_OF, claim });
  expect(readLabels(labels, 'plat')).toEqual({ ...LABELS_OF, claim });
  expect(readLabels({ ...labels, [LABELS.claim]: 'memory=-1 cpus=1 pids=2' }, 'plat')).toEqual(LABELS_OF);
});

test('what another installation made is not ours', () => {
  expect(readLabels(written, 'plat2')).toBeUndefined();
  expect(isManaged(written, 'plat2')).toBe(false);
  expect(isManaged(undefined, 'plat')).toBe(false);
  expect(isManaged({ ...written, [LABELS.managed]: 'yes' }, 'plat')).toBe(false);
});

test.each([LABELS.functionId, LABELS.project, LABELS.function, LABELS.version, LABELS.instance, LABELS.port])(
  'without %s, or with it empty, the labels are not read',
  (name) => {
    const { [name]: _gone, ...rest } = written;
    expect(readLabels(rest, 'plat')).toBeUndefined();
    expect(readLabels({ ...written, [name]: '' }, 'plat')).toBeUndefined();
  },
);

test.each(['1.5', '-1', '0x10', 'one', '1e3', ' 1'])('%j is no version', (version) => {
  expect(readLabels({ ...written, [LABELS.version]: version }, 'plat')).toBeUndefined();
});
