import { describe, expect, it } from 'vitest';
import { decideWay, type WayFacts } from './decide-way.ts';

const HERE: WayFacts = {
  mode: 'auto',
  dockerHost: undefined,
  engine: {
    name: 'box',
    operatingSystem: 'Debian GNU/Linux 13',
    securityOptions: ['name=seccomp,profile=builtin'],
  },
  networks: [
    { name: 'bridge', gateway: '172.17.0.1', subnet: '172.17.0.0/16' },
    { name: 'plat-functions-shop', gateway: '172.18.0.1', subnet: '172.18.0.0/16' },
  ],
  own: { name: 'box', addresses: ['127.0.0.1', '192.168.1.5', '172.17.0.1', '172.18.0.1', 'fe80::1'] },
};
const way = (over: Partial<WayFacts>) => decideWay({ ...HERE, ...over });

describe('decideWay()', () => {
  it('goes directly where this host is on the networks of the engine', () => {
    expect(way({})).toEqual({
      way: 'direct',
      reason: 'this host is on the engine\'s network "bridge" (172.17.0.1)',
    });
  });

  it('goes through the relay when a network of the engine is on no interface of this host', () => {
    const decision = way({ own: { name: 'box', addresses: ['127.0.0.1'] } });
    expect(decision).toEqual({
      way: 'relay',
      reason: 'the engine\'s network "bridge" (172.17.0.1) is on no interface of this host',
    });
    const addresses = HERE.own.addresses.filter((address) => address !== '172.18.0.1');
    expect(way({ own: { name: 'box', addresses } }).reason).toContain('plat-functions-shop');
  });

  it('takes the subnet where an engine does not say the gateway', () => {
    const networks = [{ name: 'bridge', gateway: undefined, subnet: '172.17.0.0/16' }];
    expect(way({ networks }).way).toBe('direct');
    expect(way({ networks, own: { name: 'box', addresses: ['172.18.0.1', 'fe80::1'] } }).way).toBe('relay');
    expect(way({ networks: [{ name: 'odd', gateway: undefined, subnet: undefined }] }).way).toBe('relay');
  });

  it.each([
    'tcp://10.1.2.3:2375',
    'tcp://build.example:2375',
    'ssh://me@build.example',
    'tcp://[2001:db8::1]:2375',
  ])('goes through the relay to %s, even if a network here looks the same', (dockerHost) =>
    expect(way({ dockerHost }).way).toBe('relay'),
  );

  it.each([
    'unix:///run/docker.sock',
    'tcp://localhost:2375',
    'tcp://127.0.0.1:2375',
    'tcp://192.168.1.5:2375',
  ])('looks at the networks behind %s', (dockerHost) => {
    expect(way({ dockerHost }).way).toBe('direct');
    expect(way({ dockerHost, own: { name: 'box', addresses: ['127.0.0.1', '192.168.1.5'] } }).way).toBe(
      'relay',
    );
  });

  it('knows Docker Desktop, rootless engines, and an engine that has another name than this host', () => {
    expect(way({ engine: { ...HERE.engine, operatingSystem: 'Docker Desktop' } }).reason).toContain(
      'Docker Desktop',
    );
    expect(way({ engine: { ...HERE.engine, securityOptions: ['name=seccomp', 'name=rootless'] } }).reason).toContain('rootless'); // prettier-ignore
    expect(way({ engine: { ...HERE.engine, name: 'vm' } })).toEqual({
      way: 'relay',
      reason: 'the engine runs on "vm" and the function-proxy on "box"',
    });
  });

  it('does as it is told', () => {
    expect(way({ mode: 'always' })).toEqual({ way: 'relay', reason: 'RELAY is set to "always"' });
    expect(way({ mode: 'never', dockerHost: 'tcp://10.1.2.3:2375' }).way).toBe('direct');
  });
});
