import { expect, test } from 'vitest';
import { decideEngine } from './choose-engine.ts';

test.each([
  ['', true, 'docker'],
  ['', false, 'process'],
  ['docker', false, 'docker'],
  ['docker', true, 'docker'],
  ['process', true, 'process'],
  ['process', false, 'process'],
  ['something', false, 'process'],
] as const)('decideEngine(%j, Docker answers: %s) is %s', (before, isDockerAnswering, engine) => {
  expect(decideEngine(before, isDockerAnswering)).toBe(engine);
});
