import { describe, expect, it } from 'vitest';
import { aboveDiskFloor, judgeSpace } from './disk-floor.ts';

const MIB = 1024 ** 2;
const space = (free: number) => ({ folder: '/var/lib/docker', freeBytes: free * MIB });
const aborted = (signal: AbortSignal) =>
  new Promise<never>((_resolve, reject) =>
    signal.addEventListener('abort', () => reject(new Error('socket hang up'))),
  );

describe('judgeSpace()', () => {
  it('lets a build go on down to the floor, and where the disk cannot be seen', () => {
    expect(judgeSpace(space(100), 100 * MIB, ['RUN x'])).toBeUndefined();
    expect(judgeSpace(undefined, 100 * MIB, ['RUN x'])).toBeUndefined();
  });

  it('names the steps, the disk, what is left of it, and the setting', () => {
    const error = judgeSpace(space(99), 100 * MIB, ['[a 2/2] RUN x', '[b 2/2] RUN y']);
    expect(error).toMatchObject({ code: 'unavailable' });
    expect(error!.message).toMatch(/stopped at \[a 2\/2\] RUN x and \[b 2\/2\] RUN y: /);
    expect(error!.message).toMatch(
      /\(\/var\/lib\/docker\) has 99 MiB free, and builds leave 100 MiB \(setting BUILD_MIN_FREE_DISK_MB/,
    );
  });
});

describe('aboveDiskFloor()', () => {
  const options = (signal = new AbortController().signal) => ({
    signal,
    runningSteps: () => ['RUN x'],
    intervalMs: 1,
  });

  it('stops a build when the space is used up, and says so rather than what the connection said', async () => {
    let free = 103;
    const floor = { minFreeBytes: 100 * MIB, read: async () => space(free--) };
    await expect(aboveDiskFloor(floor, options(), aborted)).rejects.toThrow(/stopped at RUN x: .* 99 MiB/);
  });

  it('does not begin a build for which there is no room', async () => {
    let begun = false;
    const floor = { minFreeBytes: 100 * MIB, read: async () => space(1) };
    const build = async () => (begun = true);
    await expect(aboveDiskFloor(floor, options(), build)).rejects.toThrow(/was not begun/);
    expect(begun).toBe(false);
  });

  it('looks no more once the build is over', async () => {
    let looks = 0;
    const floor = { minFreeBytes: 1, read: async () => (looks++, space(1)) };
    expect(await aboveDiskFloor(floor, options(), async () => 'built')).toBe('built');
    const before = looks;
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(looks).toBe(before);
  });

  it('hands on why the build was cancelled, and its own failure', async () => {
    const cancel = new AbortController();
    const floor = { minFreeBytes: 1, read: async () => space(1) };
    const build = aboveDiskFloor(floor, options(cancel.signal), aborted);
    setImmediate(() => cancel.abort(new Error('cancelled')));
    await expect(build).rejects.toThrow('cancelled');
    const fail = () => Promise.reject(new Error('step failed'));
    await expect(aboveDiskFloor(floor, options(), fail)).rejects.toThrow('step failed');
  });
});
