import type { InstanceSample } from '@plat/platform-kit/metrics.ts';
import { describe, expect, test } from 'vitest';
import { chooseSpan } from './metric-tiers.ts';
import { HELLO, sampleExecution, sampleVersion } from './sample-records.ts';
import type { Store } from './store.ts';

const HOUR_MS = 3_600_000;

/** Roll-ups of calls. */
export function metricsContract(store: Store): void {
  describe('metrics', () => {
    const T0 = Date.UTC(2026, 0, 1, 12);
    const at = (second: number) => new Date(T0 + second * 1000).toISOString();
    const span = (stepMs: number, toMs = T0 + 59_999) =>
      chooseSpan({ toMs, rangeMs: toMs - T0, stepMs, pointsMax: 1500 });

    test('calls are counted by step, with who failed and how long they took', async () => {
      await store.recordExecutions([
        sampleExecution({ startedAt: at(1), durationMs: 10, cpuMs: 4, memoryBytes: 100 }),
        sampleExecution({ startedAt: at(2), durationMs: 20, cpuMs: 8, memoryBytes: 300, version: 2 }),
        sampleExecution({ startedAt: at(3), durationMs: 30, cpuMs: null, memoryBytes: null, status: 502, outcome: 'function_error' }),
        sampleExecution({ startedAt: at(31), status: 503, outcome: 'platform_error', instance: null, durationMs: 0, cpuMs: null, memoryBytes: null }),
        sampleExecution({ startedAt: at(32), durationMs: 40, cold: true, rung: 'new', wakeMs: 250, queueMs: 260 }),
        sampleExecution({ startedAt: at(32), functionId: 'other', function: 'other', durationMs: 4000 }),
      ]); // prettier-ignore
      const { points, totals } = await store.readMetrics({ functionId: 'f1' }, span(30_000));
      expect(points.map(({ at: time, calls }) => [time, calls])).toEqual([
        [at(0), 3],
        [at(30), 2],
      ]);
      expect(points[0]).toMatchObject({
        errors: { function: 1, timeout: 0, platform: 0, client: 0 },
        status: { '2xx': 2, '3xx': 0, '4xx': 0, '5xx': 1 },
        meanMs: 20,
        cpuMs: 6,
        memoryBytes: 300,
        coldStarts: 0,
        meanWakeMs: null,
        instances: null,
      });
      expect(points[1]).toMatchObject({
        coldStarts: 1,
        meanWakeMs: 250,
        errors: { platform: 1 },
        meanMs: 40,
      });
      expect(totals).toMatchObject({ calls: 5, meanMs: 25 });
      expect(totals.p50Ms).toBeGreaterThan(14);
      expect(totals.p50Ms).toBeLessThan(28);
      expect(totals.p99Ms).toBeLessThan(56);
      const onlySecond = await store.readMetrics({ functionId: 'f1', version: 2 }, span(30_000));
      expect(onlySecond.totals).toMatchObject({ calls: 1, meanMs: 20 });
      const all = await store.readMetrics({ project: 'default' }, span(10_000));
      expect(all.totals.calls).toBe(6);
      expect(all.points).toHaveLength(6);
    });

    test('a batch that is sent twice counts once, also when it has more than before', async () => {
      const batch = [1, 2, 3].map((i) => sampleExecution({ id: `e${i}`, startedAt: at(i) }));
      expect((await store.recordExecutions(batch)).map(({ id }) => id)).toEqual(['e1', 'e2', 'e3']);
      const again = await store.recordExecutions([...batch, ...batch, sampleExecution({ id: 'e4', startedAt: at(4) })]); // prettier-ignore
      expect(again.map(({ id }) => id)).toEqual(['e4']);
      const two = [sampleExecution({ id: 'e5', startedAt: at(5) }), sampleExecution({ id: 'e6', startedAt: at(6) })]; // prettier-ignore
      await Promise.all([store.recordExecutions(two), store.recordExecutions(two)]);
      expect((await store.readMetrics({ functionId: 'f1' }, span(60_000))).totals.calls).toBe(6);
    });

    test('every length of step has the same calls, until the oldest steps of one expire', async () => {
      await store.recordExecutions([0, 61, 4000].map((second) => sampleExecution({ startedAt: at(second) })));
      const to = T0 + 2 * HOUR_MS - 1;
      for (const stepMs of [10_000, 60_000, HOUR_MS])
        expect((await store.readMetrics({}, span(stepMs, to))).totals.calls).toBe(3);
      expect(await store.expireMetrics({ resolutionS: 60, before: new Date(T0 + 61_000) })).toBe(1);
      expect(await store.expireMetrics({ resolutionS: 60, before: new Date(T0 + 61_000) })).toBe(1);
      expect(await store.expireMetrics({ resolutionS: 60, before: new Date(T0 + 61_000) })).toBe(0);
      expect((await store.readMetrics({}, span(60_000, to))).totals.calls).toBe(1);
      expect((await store.readMetrics({}, span(10_000, to))).totals.calls).toBe(3);
    });

    test('instances are the most at once, over versions together; CPU is a share of the time looked at', async () => {
      const sample = (second: number, more: Partial<InstanceSample>): InstanceSample => ({ functionId: 'f1', project: 'default', function: 'hello', version: 1, instances: 1, cpuMs: 500, periodMs: 10_000, memoryBytes: 50, at: at(second), ...more }); // prettier-ignore
      await store.recordSamples([sample(0, {}), sample(0, { version: 2, instances: 2, memoryBytes: 70 })]);
      await store.recordSamples([sample(10, { instances: 2, cpuMs: null, memoryBytes: null })]);
      const { points, totals } = await store.readMetrics({ functionId: 'f1' }, span(10_000));
      expect(points.slice(0, 3).map(({ instances }) => instances)).toEqual([3, 2, null]);
      expect(points[0]).toMatchObject({ calls: 0, p95Ms: null, instanceCpuPercent: 10, instanceMemoryBytes: 70 }); // prettier-ignore
      expect(points[1]).toMatchObject({ instanceCpuPercent: null, instanceMemoryBytes: null });
      expect(totals.instances).toBe(3);
      expect(await store.readFunctionUse({}, span(10_000))).toEqual([]);
    });

    test('the use of functions is told of those that were called', async () => {
      await store.recordExecutions([
        sampleExecution({ startedAt: at(1), durationMs: 100 }),
        sampleExecution({ startedAt: at(12), outcome: 'timeout', status: 504, version: 2 }),
        sampleExecution({
          startedAt: at(3),
          functionId: 'f2',
          function: 'cart',
          project: 'shop',
          cold: true,
        }),
      ]);
      const use = await store.readFunctionUse({}, span(10_000));
      expect(use.sort((a, b) => a.calls - b.calls)).toMatchObject([
        { functionId: 'f2', project: 'shop', function: 'cart', calls: 1, failed: 0, coldStarts: 1 },
        { functionId: 'f1', project: 'default', function: 'hello', calls: 2, failed: 1, lastAt: at(10) },
      ]);
      expect(await store.readFunctionUse({ project: 'shop' }, span(10_000))).toHaveLength(1);
    });

    test('the use of functions has trends, and last calls also of those that are quiet now', async () => {
      const { functionId } = await store.createVersion(HELLO, sampleVersion());
      await store.createVersion({ project: 'default', name: 'never' }, sampleVersion());
      const quiet = await store.createVersion({ project: 'default', name: 'quiet' }, sampleVersion());
      const now = Date.now();
      const before = {
        function: 'never',
        functionId: 'deleted',
        startedAt: new Date(now - HOUR_MS).toISOString(),
      };
      const late = (ms: number) => new Date(now + ms).toISOString();
      await store.recordExecutions([
        sampleExecution({ functionId, startedAt: late(20_000) }),
        sampleExecution({ functionId, startedAt: late(31_234), outcome: 'timeout', status: 504 }),
        sampleExecution({ functionId: quiet.functionId, function: 'quiet', startedAt: late(HOUR_MS) }),
        sampleExecution(before),
      ]);
      const use = await store.readFunctionUse({}, chooseSpan({ toMs: now + 60_000, rangeMs: 60_000, stepMs: 10_000, pointsMax: 100 }), { trend: true, quiet: true }); // prettier-ignore
      const byName = new Map(use.map((one) => [one.function, one]));
      expect([...byName.keys()].sort()).toEqual(['hello', 'quiet']);
      const { trend, ...hello } = byName.get('hello')!;
      expect(hello).toMatchObject({ calls: 2, failed: 1, lastAt: late(31_234) });
      expect(trend).toMatchObject({ stepMs: 10_000 });
      expect(trend!.calls.reduce((sum, calls) => sum + calls, 0)).toBe(2);
      expect([trend!.failed.indexOf(1), trend!.calls.length]).toEqual([trend!.calls.lastIndexOf(1), 7]);
      expect(byName.get('quiet')).toMatchObject({
        calls: 0,
        p95Ms: null,
        lastAt: late(HOUR_MS),
        trend: null,
      });
    });
  });
}
