import { PlatformError } from '@plat/platform-kit/errors.ts';
import type { RecordedExecution } from '@plat/platform-kit/clients/metadata-client.ts';
import type { Execution } from '@plat/platform-kit/domain.ts';
import { silentLogger } from '@plat/platform-kit/logging.ts';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ExecutionRecorder } from './record-execution.ts';
import { until } from './testing/proxy-harness.ts';

const execution = (id: number) => ({ id: String(id) }) as Execution;

function recorderWith(send: (batch: RecordedExecution[]) => Promise<void>) {
  const batches: string[][] = [];
  const recordTexts = async (texts: readonly string[]) => {
    const batch = texts.map((text) => JSON.parse(text) as RecordedExecution);
    batches.push(batch.map(({ id }) => id));
    await send(batch);
  };
  return {
    batches,
    recorder: new ExecutionRecorder({ metadata: { recordTexts }, logger: silentLogger() }),
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

  it('does not wait for the second once there are 500, and never sends more at once', async () => {
    let release: () => void = () => undefined;
    const { batches, recorder } = recorderWith(() => new Promise((resolve) => (release = resolve)));
    for (let i = 0; i < 1100; i++) recorder.add(execution(i));
    expect(batches.map(({ length }) => length)).toEqual([500]);
    release();
    await vi.advanceTimersByTimeAsync(0);
    expect(batches.map(({ length }) => length)).toEqual([500, 500]);
    release();
    await vi.advanceTimersByTimeAsync(1000);
    expect(batches.map(({ length }) => length)).toEqual([500, 500, 100]);
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

  it('leaves out the bodies of those that come when there is no more room for bodies', async () => {
    const sent: RecordedExecution[] = [];
    const { recorder } = recorderWith(async (batch) => void sent.push(...batch));
    const body = { contentType: 'text/plain', text: 'x'.repeat(1_000_000), bytes: 1_000_000, isCut: false, isRedacted: false, omitted: null }; // prettier-ignore
    for (let i = 0; i < 45; i++)
      recorder.add({ ...execution(i), hasBodies: true, bodies: { request: body, response: null } });
    await recorder.close();
    const kept = sent.map(({ hasBodies, bodies }) => hasBodies && bodies !== null);
    expect(kept).toEqual(Array.from({ length: 45 }, (_, i) => i < 41));
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
