import { expect, test } from 'vitest';
import {
  FunctionConfigInput,
  resolveFunctionConfig,
  type FunctionConfig,
} from '@plat/platform-kit/function-config.ts';
import { CONFIG } from '../testing/function-view.ts';
import { configInput } from './config-input.ts';
import { draftOfConfig, parseDraft } from './config-draft.ts';

const MANIFEST = {
  id: 'node', title: 'Node.js', contract: 'handler' as const, dependencyFiles: [], handlerFiles: [], baseImages: [],
  defaults: { memoryMb: 128, concurrency: 1, timeoutSeconds: 30 },
}; // prettier-ignore

test('a configuration that is shown in the form and deployed unchanged stays the same', () => {
  const config: FunctionConfig = {
    ...CONFIG,
    handler: 'app.run',
    memoryMb: 192,
    concurrency: 7,
    timeoutMs: 1500,
    cpus: 0.25,
    env: { A: 'x=y', B: 'two\nlines \\n', C: '' },
    scale: { min: 2, max: 4, target: 0.5, pauseAfterMs: 2000, stopAfterMs: 3000, idleMs: 90_000 },
    edge: 'off',
    keepBodies: 'all',
  };
  const parsed = parseDraft(draftOfConfig(config), 'node', true);
  if (!('config' in parsed)) throw new Error(JSON.stringify(parsed.problems));
  expect(resolveFunctionConfig(FunctionConfigInput.parse(parsed.config), [MANIFEST])).toEqual(config);
  expect(resolveFunctionConfig(FunctionConfigInput.parse(configInput(config)), [MANIFEST])).toEqual(config);
});

test('what is wrong is told at its own field', () => {
  const draft = { ...draftOfConfig(CONFIG), memory: '1MB', timeout: 'soon', env: 'PORT=1', min: '99' };
  const parsed = parseDraft(draft, 'node', true);
  expect(Object.keys('problems' in parsed ? parsed.problems : {}).sort()).toEqual([
    'env',
    'memory',
    'min',
    'timeout',
  ]);
  expect(parseDraft({ ...draft, env: 'nonsense' }, 'node', true)).toEqual({ problems: { env: 'expected NAME=value, received "nonsense"' } }); // prettier-ignore
});
