import { expect, test } from 'vitest';
import { judgeBudget } from './budget-check.ts';
import { limitsOf } from './read-limits.ts';

const BUDGET = { memoryMb: { limit: 1024, used: 384 }, cpus: { limit: 40, used: 1.1 }, pids: { limit: 4096, used: 768 }, waiting: 0, evictions: 3, pooled: { containers: 0, memoryMb: 0, cpus: 0, pids: 0 } }; // prettier-ignore

test('is well while nothing waits and no more is taken than may be', () => {
  expect(judgeBudget(BUDGET)).toEqual({
    verdict: 'ok',
    evidence:
      'Instances may take 1 GiB of memory, 40 CPUs and 4096 processes, and have 384 MiB, 1.1 and 768.',
  });
});

test('says what of it containers have that wait for a function', () => {
  const pooled = { containers: 2, memoryMb: 256, cpus: 2, pids: 512 };
  expect(judgeBudget({ ...BUDGET, pooled }).evidence).toContain('1.1 and 768, 256 MiB of it for 2 in pools.');
});

test.each([{ waiting: 2 }, { memoryMb: { limit: 1024, used: 1025 } }])('warns of %j', (over) => {
  const { verdict, remedy } = judgeBudget({ ...BUDGET, ...over });
  expect([verdict, remedy]).toEqual(['warn', expect.stringContaining('INSTANCES_MEMORY_MB')]);
});

test('without settings instances may take a share of the host, and its cores many times over', () => {
  const host = { memoryMb: 1000, cpus: 2, pids: 1000 };
  const unset = { memoryMb: undefined, cpuOvercommit: 20, pids: undefined };
  expect(limitsOf(unset, host)).toEqual({ memoryMb: 800, cpus: 40, pids: 900 });
  expect(limitsOf({ memoryMb: 5000, cpuOvercommit: 1, pids: 7 }, host)).toEqual({ memoryMb: 5000, cpus: 2, pids: 7 }); // prettier-ignore
});
