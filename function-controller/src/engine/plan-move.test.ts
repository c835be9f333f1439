import { expect, test } from 'vitest';
import { alias, functionRecord, versionRecord } from '../testing/test-records.ts';
import { planMove } from './plan-move.ts';

const isProcessImage = (imageId: string) => imageId.startsWith('process');
const versions = [
  versionRecord({ number: 1, imageId: 'process:1' }),
  versionRecord({ number: 2, imageId: 'process:2' }),
  versionRecord({ number: 3, imageId: 'docker:3' }),
  versionRecord({ number: 4, imageId: 'process:4', state: 'starting' }),
  versionRecord({ number: 5, imageId: null, state: 'building' }),
  versionRecord({ number: 6, imageId: 'process:6', state: 'failed' }),
];
const running = (version: number) => ({ functionId: 'f1', project: 'shop', function: 'hello', version });
const plan = (aliases: ReturnType<typeof alias>[], processes: ReturnType<typeof running>[]) => {
  const { rebuild, left } = planMove({
    functions: [functionRecord({ versions, aliases })],
    processes,
    isProcessImage,
  });
  return { rebuild: rebuild.map(({ version }) => version), left };
};

test('planMove() asks for images of what an alias sends calls to and of what is being deployed', () => {
  expect(plan([alias('live', [2, 90], [3, 10]), alias('old', [1, 0])], [])).toEqual({
    rebuild: [2, 4],
    left: ['shop/hello version 2', 'shop/hello version 4'],
  });
});

test('planMove() asks for what runs, also when it was called by number', () => {
  expect(plan([alias('live', [3, 100])], [running(1), running(99)]).rebuild).toEqual([1, 4, 99]);
});

test('planMove() waits for processes whose image is there already', () => {
  expect(plan([alias('live', [3, 100])], [running(3)]).left).toEqual([
    'shop/hello version 4',
    'shop/hello version 3',
  ]);
});

test('planMove() has nothing left when no wanted version has such an image and no process runs', () => {
  const done = planMove({
    functions: [functionRecord({ versions: versions.slice(0, 3), aliases: [alias('live', [3, 100])] })],
    processes: [],
    isProcessImage,
  });
  expect(done).toEqual({ rebuild: [], left: [] });
});
