import { PlatformError } from '@plat/platform-kit/errors.ts';
import type { Execution } from '@plat/platform-kit/domain.ts';
import { silentLogger } from '@plat/platform-kit/logging.ts';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ExecutionRecorder } from './record-execution.ts';
import { until } from './testing/proxy-harness.ts';

const execution = (id: number) => ({ id: String(id) }) as Execution;

function recorderWith(send: (batch: Execution[]) => Promise<void>) {
  const batches: string[][] = [];
  const recordExecutions = async (batch: Execution[]) => {
    batches.push(batch.map(({ id }) => id));
    await send(batch);
  };
  return {
    batches,
    recorder: new ExecutionRecorder({ metadata: { recordExecutions }, logger: silentLogger() }),
  };
}

describe('ExecutionRecorder', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('sends what came within a second as one batch', async () => {
    const { batches, recorder } = recorderWith(async () => undefined);
    recorder.add(execution(1));
    recorder.add(execution(2));
    await vi.advanceTimersByTimeAsync(999);
    expect(batches).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(batches).toEqual([['1', '2']]);
  });

  it('does not wait for the second once there are 200, and never sends more than 500 at once', async () => {
    let release: () => void = () => undefined;
    const { batches, recorder } = recorderWith(() => new Promise((resolve) => (release = resolve)));
    for (let i = 0; i < 900; i++) recorder.add(execution(i));
    expect(batches.map(({ length }) => length)).toEqual([200]);
    release();
    await vi.advanceTimersByTimeAsync(0);
    expect(batches.map(({ length }) => length)).toEqual([200, 500]);
    release();
    await vi.advanceTimersByTimeAsync(0);
    expect(batches.map(({ length }) => length)).toEqual([200, 500, 200]);
  });

  it('keeps a batch that could not be sent and sends it again', async () => {
    let isAway = true;
    const { batches, recorder } = recorderWith(async () => {
      if (isAway) throw new PlatformError('unreachable', 'away');
    });
    recorder.add(execution(1));
    await vi.advanceTimersByTimeAsync(1000);
    expect(batches).toEqual([['1']]);
    isAway = false;
    // The back-off counts in real time.
    vi.useRealTimers();
    await until(() => recorder.queued === 0);
    expect(batches).toEqual([['1'], ['1']]);
    expect(recorder.dropped).toBe(0);
  });

  it('keeps at most 10,000 and counts what it drops', async () => {
    const { recorder } = recorderWith(() => new Promise(() => undefined));
    for (let i = 0; i < 10_003; i++) recorder.add(execution(i));
    expect(recorder.queued).toBe(10_000);
    expect(recorder.dropped).toBe(3);
  });

  it('does not try a batch again that is refused as invalid', async () => {
    const { batches, recorder } = recorderWith(async () => {
      throw new PlatformError('invalid', 'bad');
    });
    recorder.add(execution(1));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(batches).toHaveLength(1);
    expect(recorder.dropped).toBe(1);
  });

  it('sends the rest on close, and gives up after five seconds', async () => {
    const quick = recorderWith(async () => undefined);
    quick.recorder.add(execution(1));
    await quick.recorder.close();
    expect(quick.batches).toEqual([['1']]);
    const stuck = recorderWith(() => new Promise(() => undefined));
    stuck.recorder.add(execution(1));
    let isClosed = false;
    void stuck.recorder.close().then(() => (isClosed = true));
    await vi.advanceTimersByTimeAsync(4999);
    expect(isClosed).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(isClosed).toBe(true);
  });
});
