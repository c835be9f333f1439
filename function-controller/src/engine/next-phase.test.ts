import { describe, expect, test } from 'vitest';
import { SILENCE_MS, firstPhase, nextPhase } from './next-phase.ts';

const FRESH = {
  wanted: 'auto',
  stored: undefined,
  hasSources: false,
  hasProcesses: false,
  isDockerAnswering: true,
} as const;

describe('firstPhase()', () => {
  test.each([
    ['Docker answers a fresh folder', {}, 'docker'],
    ['nothing answers a fresh folder', { isDockerAnswering: false }, 'process'],
    ['a fresh folder has to wait for Docker', { wanted: 'docker', isDockerAnswering: false }, 'docker'],
    ['processes are asked for', { wanted: 'process', stored: 'docker', hasSources: true }, 'process'],
    [
      'an engine is late',
      { stored: 'docker', hasSources: true, isDockerAnswering: false, wanted: 'auto' },
      'docker',
    ],
    ['a folder is from before there was a choice', { hasSources: true, isDockerAnswering: false }, 'docker'],
    ['Docker has come meanwhile', { stored: 'process', hasSources: true }, 'moving'],
    [
      'Docker is asked for and has not come',
      { wanted: 'docker', stored: 'process', hasSources: true, isDockerAnswering: false },
      'process',
    ],
    ['a move was interrupted', { stored: 'moving', hasSources: true }, 'moving'],
    [
      'a move was interrupted and Docker is gone',
      { stored: 'moving', hasSources: true, isDockerAnswering: false },
      'process',
    ],
    ['a process was left behind', { stored: 'docker', hasSources: true, hasProcesses: true }, 'moving'],
  ] as const)('when %s', (_when, over, phase) => {
    expect(firstPhase({ ...FRESH, ...over })).toBe(phase);
  });
});

describe('nextPhase()', () => {
  const GOOD = { answers: 5, silentMs: 0, left: undefined };

  test('begins to move once the engine has answered twice', () => {
    expect(nextPhase('process', { ...GOOD, answers: 0, silentMs: 1e9 })).toBe('process');
    expect(nextPhase('process', { ...GOOD, answers: 1 })).toBe('process');
    expect(nextPhase('process', { ...GOOD, answers: 2 })).toBe('moving');
  });

  test('is done only when nothing is left while the engine answers', () => {
    expect(nextPhase('moving', GOOD)).toBe('moving');
    expect(nextPhase('moving', { ...GOOD, left: 1 })).toBe('moving');
    expect(nextPhase('moving', { ...GOOD, left: 0, answers: 0 })).toBe('moving');
    expect(nextPhase('moving', { ...GOOD, left: 0 })).toBe('docker');
  });

  test('takes the move back when the engine is silent for long, and not before', () => {
    expect(nextPhase('moving', { answers: 0, silentMs: SILENCE_MS - 1, left: undefined })).toBe('moving');
    expect(nextPhase('moving', { answers: 0, silentMs: SILENCE_MS, left: undefined })).toBe('process');
  });

  test('stays with Docker, whatever happens', () => {
    expect(nextPhase('docker', { answers: 0, silentMs: 1e9, left: 3 })).toBe('docker');
  });
});
