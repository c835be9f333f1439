import { RELAY_PURPOSE } from '@plat/platform-kit/docker/labels.ts';
import { describe, expect, it } from 'vitest';
import { DOCTOR, planStrays, type OwnContainer, type OwnNetwork } from './plan-strays.ts';

const NOW = 1_000_000;
const container = (id: string, over: Partial<OwnContainer> = {}): OwnContainer => ({
  id,
  name: id,
  status: 'running',
  functionId: 'f1',
  isInstance: true,
  pool: undefined,
  purpose: undefined,
  createdAtMs: 0,
  networks: [],
  hasAddress: true,
  publishedPorts: [],
  ...over,
});
const network = (id: string, over: Partial<OwnNetwork> = {}): OwnNetwork => ({
  id,
  name: id,
  project: 'shop',
  purpose: undefined,
  createdAtMs: 0,
  containers: [],
  ...over,
});
const FUNCTIONS = new Map([['f1', { project: 'shop' }]]);
const ids = (things: Partial<Parameters<typeof planStrays>[0]>) =>
  planStrays({ containers: [], networks: [], volumes: [], ...things }, FUNCTIONS, NOW).map(({ id }) => id);

describe('planStrays()', () => {
  it('takes containers of deleted functions and those that nothing can call, and keeps instances', () => {
    const containers = [
      container('a'),
      container('b', { functionId: 'gone' }),
      container('c', { isInstance: false }),
    ];
    expect(ids({ containers })).toEqual(['b', 'c']);
  });

  it('keeps what is labelled for another purpose or does not say whose it is', () => {
    const containers = [
      container('relay', { functionId: 'gone', purpose: 'something' }),
      container('unknown', { functionId: undefined, isInstance: false }),
    ];
    expect(ids({ containers, volumes: [{ name: 'v', functionId: undefined }] })).toEqual([]);
  });

  it('takes a container of a pool only when its project has no function', () => {
    const pooled = { functionId: undefined, isInstance: false };
    const containers = [
      container('kept', { ...pooled, pool: 'shop' }),
      container('left', { ...pooled, pool: 'gone' }),
      container('new', { ...pooled, pool: 'gone', createdAtMs: NOW - 1000 }),
    ];
    expect(ids({ containers })).toEqual(['left']);
  });

  it('takes a relay that is not running for a while, and never one that runs or is about to', () => {
    const relay = { functionId: undefined, isInstance: false, purpose: RELAY_PURPOSE };
    const containers = [
      container('serving', relay),
      container('starting', { ...relay, status: 'created', createdAtMs: NOW - 1000 }),
      container('stuck', { ...relay, status: 'created' }),
    ];
    expect(ids({ containers })).toEqual(['stuck']);
  });

  it('takes what a check left, but not one that may still run', () => {
    const old = { functionId: undefined, isInstance: false, purpose: DOCTOR };
    expect(
      ids({ containers: [container('old', old), container('new', { ...old, createdAtMs: NOW - 1000 })] }),
    ).toEqual(['old']);
  });

  it('takes a network only when its project has no function and nobody stays on it', () => {
    const networks = [
      network('used'),
      network('orphan', { project: 'gone' }),
      network('joined', { project: 'gone', containers: ['somebody'] }),
      network('emptied', { project: 'gone', containers: ['b'] }),
      network('relayed', { project: 'gone', containers: ['relay'] }),
    ];
    const relay = container('relay', { functionId: undefined, isInstance: false, purpose: RELAY_PURPOSE });
    expect(ids({ networks, containers: [container('b', { functionId: 'gone' }), relay] })).toEqual([
      'b',
      'orphan',
      'emptied',
      'relayed',
    ]);
  });

  it('takes volumes of deleted functions only', () => {
    expect(
      ids({
        volumes: [
          { name: 'kept', functionId: 'f1' },
          { name: 'left', functionId: 'gone' },
        ],
      }),
    ).toEqual(['left']);
  });
});
