import { expect, test } from 'vitest';
import { handlerCandidates } from './runtime-manifest.ts';

const MANIFEST = {
  title: 'Node.js', contract: 'handler', defaults: { handler: 'index.handler', memoryMb: 128, concurrency: 8, timeoutSeconds: 30 },
  dependencyFiles: ['package.json'], handlerFiles: ['{module}.js', '{module}.mjs'], baseImages: [],
}; // prettier-ignore

test('handlerCandidates() puts the module into each pattern, in order', () => {
  const manifest = { ...MANIFEST, id: 'node', contract: 'handler' as const };
  expect(handlerCandidates(manifest, 'src/app.v2.handler')).toEqual(['src/app.v2.js', 'src/app.v2.mjs']);
  expect(handlerCandidates({ ...manifest, handlerFiles: ['{handler}'] }, 'cloud.py')).toEqual(['cloud.py']);
});
