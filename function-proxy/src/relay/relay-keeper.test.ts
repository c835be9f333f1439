import { Duplex } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import { silentLogger } from '@plat/platform-kit/logging.ts';
import { deadline } from '@plat/platform-kit/waiting.ts';
import { until } from '../testing/proxy-harness.ts';
import type { RelayLink } from './relay-container.ts';
import { RelayKeeper } from './relay-keeper.ts';

const ADDRESS = { host: '172.18.0.2', port: 8080 };
const SHOP = new Set(['shop']);
const soon = () => deadline(5000);

/** Relays in memory, which say what was done with them. */
class FakeRelays {
  readonly opened: { networks: string[]; joined: string[][]; isClosed: boolean; die: () => void }[] = [];
  fail: Error | undefined;
  joinError: Error | undefined;
  /** While set, the next relay does not come up. */
  hold: Promise<void> | undefined;

  open = async (networks: ReadonlySet<string>, signal: AbortSignal): Promise<RelayLink> => {
    await this.hold;
    signal.throwIfAborted();
    if (this.fail) throw this.fail;
    let die: () => void = () => undefined;
    const closed = new Promise<void>((resolve) => (die = resolve));
    const entry = { networks: [...networks], joined: [] as string[][], isClosed: false, die };
    this.opened.push(entry);
    return {
      name: `relay-${this.opened.length}`,
      session: {
        dial: async () => new Duplex({ read: () => undefined }),
        roundTrip: async () => 1,
      },
      closed,
      join: async (wanted) => {
        if (this.joinError) throw this.joinError;
        entry.joined.push([...wanted]);
      },
      close: async () => {
        entry.isClosed = true;
        die();
      },
    };
  };

  get alive(): number {
    return this.opened.filter(({ isClosed }) => !isClosed).length;
  }
}

describe('RelayKeeper', () => {
  let keeper: RelayKeeper;
  let relays: FakeRelays;
  const start = (idleMs = 60_000) => {
    relays = new FakeRelays();
    keeper = new RelayKeeper({
      open: relays.open,
      logger: silentLogger(),
      idleMs,
      backoff: { baseMs: 1, maxMs: 20 },
    });
  };
  afterEach(async () => {
    await keeper.close();
    expect(relays.alive).toBe(0);
  });

  it('opens one relay when networks are wanted, and dials wait for it', async () => {
    start();
    let release: () => void = () => undefined;
    relays.hold = new Promise((resolve) => (release = resolve));
    await keeper.join(new Set(), soon());
    expect(relays.opened).toHaveLength(0);
    await Promise.all([keeper.join(SHOP, soon()), keeper.join(SHOP, soon())]);
    const dials = Promise.all([keeper.dial(ADDRESS, soon()), keeper.dial(ADDRESS, soon())]);
    await keeper.join(new Set(['shop', 'blog']), soon());
    release();
    await dials;
    expect(relays.opened.map(({ networks, joined }) => ({ networks, joined }))).toEqual([
      { networks: ['shop'], joined: [['shop', 'blog']] },
    ]);
  });

  it('joins what is wanted later before it says so', async () => {
    start();
    await keeper.join(SHOP, soon());
    await keeper.dial(ADDRESS, soon());
    await keeper.join(new Set(['shop', 'blog']), soon());
    expect(relays.opened[0]!.joined.at(-1)).toEqual(['shop', 'blog']);
  });

  it('replaces a relay that ends, and one that the engine does not know any more', async () => {
    start();
    await keeper.join(SHOP, soon());
    await keeper.dial(ADDRESS, soon());
    relays.opened[0]!.die();
    await until(() => relays.opened.length === 2);
    await keeper.dial(ADDRESS, soon());
    expect(relays.opened).toHaveLength(2);
    expect(relays.opened[0]!.isClosed).toBe(true);
    relays.joinError = Object.assign(new Error('no such container'), { statusCode: 404 });
    await keeper.join(SHOP, soon());
    relays.joinError = undefined;
    await until(() => relays.opened.length === 3);
    await keeper.dial(ADDRESS, soon());
    expect(relays.alive).toBe(1);
  });

  it('says why there is no relay, gives a dial up at its deadline, and goes on trying', async () => {
    start();
    relays.fail = new Error('the image is missing');
    await keeper.join(SHOP, soon());
    await expect(keeper.dial(ADDRESS, deadline(30))).rejects.toMatchObject({
      code: 'EHOSTUNREACH',
      message: 'There is no relay: the image is missing.',
    });
    expect(keeper.state()).toMatchObject({ link: undefined, networks: 1, problem: 'the image is missing' });
    relays.fail = undefined;
    await keeper.dial(ADDRESS, soon());
    expect(keeper.state().problem).toBeUndefined();
  });

  it('hands errors of an engine that is away to whoever asks', async () => {
    start();
    await keeper.join(SHOP, soon());
    await keeper.dial(ADDRESS, soon());
    relays.joinError = Object.assign(new Error('away'), { code: 'ECONNREFUSED' });
    await expect(keeper.join(SHOP, soon())).rejects.toThrow('away');
    expect(relays.alive).toBe(1);
  });

  it('lets the relay go when nothing needs it for a while, and takes another when something does', async () => {
    start(20);
    await keeper.join(SHOP, soon());
    await keeper.dial(ADDRESS, soon());
    await keeper.join(new Set(), soon());
    await until(() => relays.alive === 0);
    expect(keeper.state()).toMatchObject({ link: undefined, problem: undefined });
    await keeper.join(SHOP, soon());
    await keeper.dial(ADDRESS, soon());
    expect(relays.opened).toHaveLength(2);
  });

  it('closes while one is being opened, and opens none afterwards', async () => {
    start();
    let release: () => void = () => undefined;
    relays.hold = new Promise((resolve) => (release = resolve));
    await keeper.join(SHOP, soon());
    const dial = keeper.dial(ADDRESS, soon());
    const closing = keeper.close();
    release();
    await closing;
    await expect(dial).rejects.toMatchObject({ code: 'EHOSTUNREACH' });
    await keeper.join(SHOP, soon());
    expect(relays.opened).toHaveLength(0);
  });
});
