import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Dashboard } from '@plat/platform-kit/api/metrics-api.ts';
import type { PooledContainer } from '@plat/platform-kit/domain.ts';
import { LABELS } from '@plat/platform-kit/docker/labels.ts';
import { poll } from '@plat/platform-kit/waiting.ts';
import { byHost } from './src/by-host.ts';
import { ComposeStack } from './src/compose-stack.ts';
import { containersOf, docker, engineProblem, leftovers } from './src/engine.ts';
import { nodeFunction, writeFunction } from './src/function-folder.ts';

const SERVICES = [
  'api-gateway',
  'builder',
  'engine-gate',
  'function-controller',
  'function-proxy',
  'metadata-service',
  'registry',
];
const PUBLISHED = ['api-gateway', 'registry'];
const PORTS = [7071, 7072, 7073, 7074, 7079, 8080, 5000];

/** Tries every target at once; a door is what accepts a connection. */
const PROBE = `
const net = require('node:net');
const { targets } = event;
const tries = targets.map(([host, port]) => new Promise((done) => {
  const socket = net.connect({ host, port, timeout: 1500 });
  socket.once('connect', () => { socket.destroy(); done(host + ':' + port); });
  socket.once('timeout', () => { socket.destroy(); done(undefined); });
  socket.once('error', () => done(undefined));
}));
return { doors: (await Promise.all(tries)).filter(Boolean) };`;

const problem = await engineProblem();

describe.skipIf(problem)('docker compose up', () => {
  let stack: ComposeStack;
  const hello = (text: string) => nodeFunction('hello', `return "${text}";`, 'scale:\n  min: 1\n');
  const deploy = async (files: Record<string, string | Buffer>, name: string) => {
    const cwd = await writeFunction(await stack.workFolder(name), files);
    return stack.platOk(['deploy'], { cwd });
  };
  const call = async () => (await stack.curl('/function/hello')).text;
  const answers = (text: string) =>
    poll(async () => ((await call().catch(() => '')) === text ? true : undefined), {
      intervalMs: 200,
      timeoutMs: 60_000,
    });
  const helloContainer = async () => (await containersOf(stack.name, 'default', 'hello'))[0];

  beforeAll(async () => {
    const startedAt = performance.now();
    stack = await ComposeStack.create();
    const builtAt = performance.now();
    await stack.up();
    const upAt = performance.now();
    await deploy(hello('one'), 'hello');
    expect(JSON.parse(await call())).toBe('one');
    const seconds = (from: number, to: number) => ((to - from) / 1000).toFixed(1);
    console.log(
      `images ${seconds(startedAt, builtAt)} s, up ${seconds(builtAt, upAt)} s, first deploy and answer ${seconds(upAt, performance.now())} s`,
    );
  }, 300_000);
  afterAll(async () => {
    await stack?.remove();
  }, 120_000);

  it('says what every service costs', async () => {
    const rows = [];
    for (const [service, info] of await stack.containers()) {
      if (!info.State.Running) continue;
      const [image, stats] = await Promise.all([
        docker.getImage(info.Image).inspect(),
        docker.getContainer(info.Id).stats({ stream: false, 'one-shot': true }),
      ]);
      const cache = (stats.memory_stats.stats as unknown as Record<string, number>)['inactive_file'] ?? 0;
      const memoryMb = Math.round((stats.memory_stats.usage - cache) / 1024 ** 2);
      rows.push({ service, imageMb: Math.round(image.Size / 1e6), memoryMb });
      expect(memoryMb).toBeLessThan(200);
    }
    console.table(rows);
    expect(rows.map(({ service }) => service).sort()).toEqual(expect.arrayContaining(SERVICES));
  });

  it('every command of the embedded mode works unchanged', async () => {
    expect((await deploy(hello('two'), 'hello')).stderr).toContain('version 2 is live');
    expect(await answers('"two"')).toBe(true);
    await stack.platOk(['rollback', 'hello']);
    expect(await answers('"one"')).toBe(true);
    expect((await byHost(stack.port, 'default-hello.platform.test')).text).toBe('"one"');
    expect((await stack.platOk(['ls'])).stdout).toContain('hello');
    expect((await stack.platOk(['instances', 'hello'])).stdout).toContain('running');
    expect((await stack.platOk(['system', '-o', 'json'])).stdout).toContain('function-proxy');
    await stack.platOk(['logs', 'hello', '--since', '5m']);
    await stack.platOk(['build-log', 'hello']);
  });

  it('a function wakes from the pool, and all share the budget of the engine’s machine', async () => {
    const read = async <T>(args: string[]) =>
      JSON.parse((await stack.platOk([...args, '-o', 'json'])).stdout) as T;
    const until = async (holds: () => Promise<boolean>) =>
      expect(
        await poll(async () => (await holds()) || undefined, { intervalMs: 200, timeoutMs: 60_000 }),
      ).toBe(true);
    const sleeps = () =>
      until(async () => (await containersOf(stack.name, 'default', 'pooled')).length === 0);
    const body = 'return { from: process.env.GREETING };';
    await deploy(
      nodeFunction('pooled', body, 'memory: 96\nenv:\n  GREETING: pool\nscale:\n  idle: 1s\n'),
      'pooled',
    );
    await sleeps();
    expect((await stack.curl('/function/pooled')).status).toBe(200);
    await sleeps();
    await until(async () =>
      (await read<PooledContainer[]>(['pools'])).some(
        ({ memoryMb, state }) => memoryMb === 96 && state === 'warm',
      ),
    );
    const { capacity } = JSON.parse((await stack.curl('/api/dashboard')).text) as Dashboard;
    const { MemTotal } = (await docker.info()) as { MemTotal: number };
    expect(capacity!.budget!.memoryMb.limit).toBeGreaterThan(0);
    expect(capacity!.budget!.memoryMb.limit).toBeLessThanOrEqual(MemTotal / 1024 ** 2);
    expect(capacity!.budget!.pooled.containers).toBeGreaterThan(0);
    expect(JSON.parse((await stack.curl('/function/pooled')).text)).toEqual({ from: 'pool' });
    const [container] = await containersOf(stack.name, 'default', 'pooled');
    expect(container!.Labels['plat.pool']).toBe('node');
    await stack.platOk(['rm', 'pooled', '--yes']);
  });

  it('images are in the registry by digest, and come from there when the engine has lost them', async () => {
    const cwd = await writeFunction(await stack.workFolder('kept'), nodeFunction('kept', 'return "kept";'));
    await stack.platOk(['deploy'], { cwd });
    const { stdout } = await stack.platOk(['versions', 'kept', '-o', 'json']);
    const imageRef = /"imageRef": ?"([^"]+)"/.exec(stdout)?.[1] ?? '';
    const imageId = /"imageId": ?"([^"]+)"/.exec(stdout)?.[1] ?? '';
    expect(imageRef).toMatch(
      new RegExp(`^localhost:${stack.registryPort}/${stack.name}/[^@]+@sha256:[0-9a-f]{64}$`),
    );
    await stack.platOk(['stop', 'kept']);
    const isStopped = await poll(
      async () => ((await containersOf(stack.name, 'default', 'kept')).length === 0 ? true : undefined),
      { intervalMs: 100, timeoutMs: 30_000 },
    );
    expect(isStopped).toBe(true);
    await docker.getImage(imageId).remove({ force: true });
    await stack.platOk(['start', 'kept']);
    expect((await stack.curl('/function/kept')).text).toBe('"kept"');

    const repository = imageRef.slice(imageRef.indexOf('/') + 1, imageRef.indexOf('@'));
    const manifest = `http://127.0.0.1:${stack.registryPort}/v2/${repository}/manifests/${imageRef.split('@')[1]}`;
    const accept = { accept: 'application/vnd.docker.distribution.manifest.v2+json' };
    expect((await fetch(manifest, { headers: accept })).status).toBe(200);
    await stack.platOk(['rm', 'kept', '--yes']);
    const isDeleted = await poll(
      async () => ((await fetch(manifest, { headers: accept })).status === 404 ? true : undefined),
      { intervalMs: 500, timeoutMs: 60_000 },
    );
    expect(isDeleted).toBe(true);
  });

  it('without the registry all that runs goes on; a deploy says what is wrong and succeeds when it is back', async () => {
    await stack.composeOk(['stop', '--timeout', '2', 'registry']);
    const cwd = await writeFunction(await stack.workFolder('late'), nodeFunction('late', 'return "late";'));
    const failed = await stack.plat(['deploy'], { cwd });
    expect(failed.code).not.toBe(0);
    expect(failed.stderr).toContain('cannot be pushed to the registry');
    expect(await call()).toBe('"one"');
    await stack.composeOk(['up', '-d', '--wait', 'registry']);
    await stack.platOk(['deploy'], { cwd });
    expect((await stack.curl('/function/late')).text).toBe('"late"');
    await stack.platOk(['rm', 'late', '--yes']);
  });

  it('only the gateway, and the registry for the engine, publish a port, on loopback; every service is confined, and only the gate sees the engine', async () => {
    const containers = await stack.containers();
    expect([...containers.keys()]).toEqual(expect.arrayContaining(SERVICES));
    for (const service of SERVICES) {
      const { HostConfig: host, Config: config, Mounts, NetworkSettings } = containers.get(service)!;
      const ports = Object.values(host.PortBindings as Record<string, { HostIp: string }[]>).flat();
      expect(
        ports.map(({ HostIp }) => HostIp),
        service,
      ).toEqual(PUBLISHED.includes(service) ? ['127.0.0.1'] : []);
      expect(host.ReadonlyRootfs, service).toBe(true);
      expect(host.CapDrop, service).toEqual(['ALL']);
      expect(host.CapAdd ?? [], service).toEqual([]);
      expect(host.SecurityOpt, service).toContain('no-new-privileges:true');
      expect(host.Privileged, service).toBe(false);
      expect(host.Memory, service).toBeGreaterThan(0);
      expect(host.PidsLimit, service).toBeGreaterThan(0);
      expect(host.RestartPolicy?.Name, service).toBe('always');
      expect(config.User, service).toBe({ 'engine-gate': '0:0', registry: '' }[service] ?? 'node');
      const seesEngine = Mounts.some((mount) => mount.Source.endsWith('docker.sock'));
      expect(seesEngine, service).toBe(service === 'engine-gate');
      if (service === 'engine-gate') expect(Object.keys(NetworkSettings.Networks)).toEqual(['none']);
      else expect(Object.keys(NetworkSettings.Networks)).toContain(`${stack.name}-platform`);
      const proxySocket = Mounts.find((mount) => mount.Destination === '/app/run');
      const asksProxy = ['api-gateway', 'function-controller'].includes(service);
      expect(proxySocket?.RW, service).toBe(service === 'function-proxy' || (asksProxy ? false : undefined));
      const environment = (config.Env ?? []).join('\n');
      expect(environment, service).not.toMatch(/INTERNAL_TOKEN=/);
    }
  });

  it('a function finds no door: not at the proxy beside it, not at any service by name or address', async () => {
    await deploy(nodeFunction('probe', PROBE, 'timeout: 20s\n'), 'probe');
    const containers = await stack.containers();
    const hosts = [...SERVICES, 'function-proxy', 'metadata', 'postgres', 'traefik'];
    for (const info of containers.values()) {
      hosts.push(info.Name.slice(1), info.Config.Hostname);
      for (const network of Object.values(info.NetworkSettings.Networks))
        if (network.IPAddress) hosts.push(network.IPAddress);
    }
    const beside = containers.get('function-proxy')!.NetworkSettings.Networks;
    expect(Object.keys(beside)).toContain(`${stack.name}-functions-default`);
    const targets = [...new Set(hosts)].flatMap((host) => PORTS.map((port) => [host, port]));
    const own = await containersOf(stack.name, 'default', 'hello');
    const control = Object.values(own[0]!.NetworkSettings.Networks)[0]!.IPAddress;
    const answer = await stack.curl('/api/projects/default/functions/probe/invoke', {
      method: 'POST',
      body: JSON.stringify({ targets: [...targets, [control, 8080]] }),
      headers: { authorization: 'Bearer dev-token', 'content-type': 'application/json' },
    });
    // The control shows that the probe finds doors: instances of one project do reach each other.
    expect(JSON.parse(answer.text), answer.text).toEqual({ doors: [`${control}:8080`] });
  });

  it('the platform asks the function-proxy by a socket that only its own user may use, and at no port', async () => {
    const { stdout } = await stack.exec('api-gateway', 'stat', '--format=%a %U %F', '/app/run/proxy.sock');
    expect(stdout.trim()).toBe('600 node socket');
    const open = `exec 3<>/dev/tcp/function-proxy/`;
    expect((await stack.exec('api-gateway', 'bash', '-c', `${open}8080`)).code).toBe(0);
    expect((await stack.exec('api-gateway', 'bash', '-c', `${open}7074`)).code).not.toBe(0);
  });

  it('services restart in any order, and instances are left alone', async () => {
    const before = await helloContainer();
    for (const service of ['metadata-service', 'engine-gate', 'function-proxy']) {
      await stack.composeOk(['restart', '--timeout', '5', '--no-deps', service]);
      expect(await answers('"one"'), service).toBe(true);
    }
    await stack.composeOk([
      'kill',
      'api-gateway',
      'function-controller',
      'builder',
      'function-proxy',
      'engine-gate',
    ]);
    await stack.composeOk(['start']);
    expect(await answers('"one"')).toBe(true);
    expect((await helloContainer())?.Id).toBe(before?.Id);
    expect((await deploy(hello('three'), 'hello')).stderr).toContain('is live');
    expect(await answers('"three"')).toBe(true);
  });

  it('down and up keep functions, versions, secrets and instances', async () => {
    const before = await helloContainer();
    await stack.composeOk(['down', '--timeout', '5']);
    expect((await helloContainer())?.State).toBe('running');
    await stack.up();
    expect(await answers('"three"')).toBe(true);
    expect((await helloContainer())?.Id).toBe(before?.Id);
    const versions = JSON.parse((await stack.platOk(['versions', 'hello', '-o', 'json'])).stdout) as unknown;
    expect(JSON.stringify(versions)).toContain('"number":3');
  });

  it('a second stack on the same engine, whose function-proxy is asked over TCP, leaves the first alone', async () => {
    const before = await helloContainer();
    const tcp = 'http://function-proxy:7074';
    const second = await ComposeStack.create({ PROXY_LISTEN: tcp, PROXY_URL: tcp });
    try {
      await second.up('api-gateway');
      const { services } = JSON.parse((await second.curl('/api/system')).text) as { services: unknown };
      expect(services).toContainEqual({ name: 'function-proxy', ok: true, problem: null });
      const filters = { label: [`${LABELS.namespace}=${second.name}`] };
      expect(await docker.listContainers({ all: true, filters })).toEqual([]);
      expect(await call()).toBe('"three"');
    } finally {
      await second.remove();
    }
    expect((await helloContainer())?.Id).toBe(before?.Id);
    expect(await call()).toBe('"three"');
  });

  it('other machines are let in with an AUTH_TOKEN only, and everything wrong is said at once', async () => {
    const run = (...settings: string[]) =>
      stack.compose([
        'run',
        '--rm',
        '--no-deps',
        ...settings.flatMap((setting) => ['-e', setting]),
        'api-gateway',
      ]);
    const refused = await run('PUBLISHED_ADDRESS=0.0.0.0', 'RATE_LIMIT_BURST=many');
    expect(refused.code).toBe(1);
    expect(refused.stdout + refused.stderr).toMatch(/PUBLISHED_ADDRESS=0\.0\.0\.0.*set AUTH_TOKEN/);
    expect(refused.stdout + refused.stderr).toContain('RATE_LIMIT_BURST: expected a whole number');
  });

  it('the last function takes its project’s network with it, and a proxy that was away then starts again', async () => {
    await stack.platOk(['rm', 'probe', '--yes']);
    await stack.composeOk(['stop', '--timeout', '5', 'function-proxy']);
    await stack.platOk(['rm', 'hello', '--yes']);
    const isGone = await poll(
      async () => {
        const { containers, networks } = await leftovers(stack.name);
        return containers.length + networks.length === 0 ? true : undefined;
      },
      { intervalMs: 200, timeoutMs: 60_000 },
    );
    expect(isGone).toBe(true);
    await stack.up();
    await deploy(hello('again'), 'hello');
    expect(await answers('"again"')).toBe(true);
  });
});
