import { describe, expect, it, vi } from 'vitest';
import { loadHandler } from '../server/load-handler.cjs';
import { parseOptions } from '../server/options.cjs';
import { rehearse } from '../server/rehearse.cjs';

const generic = () => parseOptions({ PLAT_GENERIC: '1' }, '/nowhere');

describe('rehearse()', () => {
  it('calls a function of its own, not that of the options, and leaves nothing behind', async () => {
    const options = generic();
    const before = { ...process.env };
    const loaded: string[] = [];
    let calls = 0;
    await rehearse(options, {
      load: async (own) => {
        loaded.push(own.appDir);
        const practice = await loadHandler(own);
        return (...call: unknown[]) => (calls++, practice(...call) as unknown);
      },
    });
    expect(loaded).toHaveLength(1);
    expect(loaded[0]).not.toBe('/nowhere');
    expect(calls).toBeGreaterThan(0);
    expect(options).toEqual(generic());
    expect(process.env).toEqual(before);
    await vi.waitFor(() => expect(process.getActiveResourcesInfo()).not.toContain('TCPServerWrap'));
  });

  it('does without what cannot be practised with', async () => {
    await rehearse(generic(), { load: () => Promise.reject(new Error('There is nothing.')) });
  });
});
