import { LABELS, RELAY_PURPOSE } from '@plat/platform-kit/docker/labels.ts';
import type { Check } from '@plat/platform-kit/checks.ts';
import { poll } from '@plat/platform-kit/waiting.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { containersOf, docker, engineProblem, leftovers } from './src/engine.ts';
import { writeFunction } from './src/function-folder.ts';
import { liveServer } from './src/live-server.ts';
import { NetworkNamespace, namespaceProblem } from './src/network-namespace.ts';
import { Platform, freePort } from './src/platform.ts';

const problem = (await engineProblem()) ?? (await namespaceProblem());

/** `npm start` where nothing but the engine's socket can be reached. Later tests stand on the earlier ones. */
describe.skipIf(problem)('a platform that cannot reach the addresses of containers', () => {
  let namespace: NetworkNamespace;
  let platform: Platform;
  let folder: string;

  beforeAll(async () => {
    namespace = await NetworkNamespace.make();
    const port = await freePort();
    await namespace.publish(port);
    platform = await Platform.start({ RESYNC_SECONDS: '2' }, { launcher: namespace.launcher, port });
  });
  afterAll(async () => {
    await platform?.remove();
    await namespace?.remove();
  });

  const relays = async () => {
    const label = [`${LABELS.namespace}=${platform.namespace}`, `${LABELS.purpose}=${RELAY_PURPOSE}`];
    return docker.listContainers({ all: true, filters: { label } });
  };
  const call = async () => (await platform.curl('/function/live')).text;
  const wanted = <T>(what: () => Promise<T | undefined>) =>
    poll(what, { intervalMs: 100, timeoutMs: 40_000 });
  const doctor = async () => {
    const { stdout } = await platform.plat(['doctor', '-o', 'json']);
    return (JSON.parse(stdout) as { items: Check[] }).items;
  };

  it('deploys and calls a function, and says which way', async () => {
    folder = await writeFunction(await platform.workFolder('live'), liveServer('live', 'one', 'scale:\n  idle: 2s\n')); // prettier-ignore
    await platform.platOk(['deploy'], { cwd: folder, timeoutMs: 300_000 });
    expect(await call()).toBe('one');
    const { reach } = JSON.parse((await platform.curl('/api/system')).text) as {
      reach: { way: string; reason: string; problem: null };
    };
    expect(reach).toMatchObject({ way: 'relay', problem: null });
    expect(reach.reason).toMatch(/is on no interface of this host$/);
    const checks = await doctor();
    expect(checks.filter(({ verdict }) => verdict === 'fail')).toEqual([]);
    const reached = checks.find(({ id }) => id === 'proxy.reach');
    expect(reached?.verdict).toBe('ok');
    expect(reached?.evidence).toMatch(/Through a relay container: .* answers in [0-9.]+ ms\.$/);
    expect(platform.output).toContain('through a relay container');
  });

  it('has one relay, as confined as an instance, without a port', async () => {
    const [relay, ...others] = await relays();
    expect(others).toEqual([]);
    const { HostConfig, Config, NetworkSettings } = await docker.getContainer(relay!.Id).inspect();
    expect(HostConfig).toMatchObject({ ReadonlyRootfs: true, CapDrop: ['ALL'], SecurityOpt: ['no-new-privileges'], Binds: null, PortBindings: {}, LogConfig: { Type: 'none' } }); // prettier-ignore
    expect(Config.User).toBe('65532:65532');
    expect(Object.keys(NetworkSettings.Networks)).toEqual([`${platform.namespace}-functions-default`]);
    // It listens on nothing: what Node itself may have open is on no address of a network.
    const exec = await docker.getContainer(relay!.Id).exec({ Cmd: ['cat', '/proc/net/tcp', '/proc/net/tcp6'], AttachStdout: true }); // prettier-ignore
    const stream = await exec.start({});
    let text = '';
    for await (const chunk of stream) text += String(chunk);
    const LISTENING = '0A';
    const listening = text.split('\n').map((line) => line.trim().split(/\s+/)).filter((row) => row[3] === LISTENING && !row[1]!.startsWith('0B00007F')); // prettier-ignore
    expect(listening).toEqual([]);
  });

  it('streams as it comes, takes 5 MB, and carries a WebSocket', async () => {
    const response = await fetch(`${platform.url}/function/live/ticks`, { headers: { authorization: 'Bearer dev-token' } }); // prettier-ignore
    const arrivals: number[] = [];
    for await (const _chunk of response.body!) arrivals.push(performance.now());
    expect(arrivals.at(-1)! - arrivals[0]!).toBeGreaterThan(500);
    const body = new Uint8Array(5 * 1024 * 1024);
    expect((await platform.curl('/function/live', { method: 'POST', body })).text).toBe(String(body.length));
    const socket = new WebSocket(`ws://127.0.0.1:${platform.port}/`, { headers: { host: 'default-live.platform.test' } }); // prettier-ignore
    const said = new Promise((resolve, reject) => {
      socket.on('message', (data: Buffer) => resolve(data.toString())).on('error', reject);
    });
    socket.on('open', () => socket.send('hello'));
    expect(await said).toBe('echo hello');
    socket.terminate();
  });

  it('redeploys without a failed call', async () => {
    const over = new AbortController();
    const statuses: number[] = [];
    const clients = [1, 2, 3].map(async () => {
      while (!over.signal.aborted) statuses.push((await platform.curl('/function/live')).status);
    });
    await writeFunction(folder, liveServer('live', 'two', 'scale:\n  idle: 2s\n'));
    await platform.platOk(['deploy'], { cwd: folder, timeoutMs: 300_000 });
    expect(await wanted(async () => ((await call()) === 'two' ? true : undefined))).toBe(true);
    over.abort();
    await Promise.all(clients);
    expect(new Set(statuses)).toEqual(new Set([200]));
  });

  it('wakes a function that sleeps', async () => {
    const asleep = await wanted(async () => {
      const found = await containersOf(platform.namespace, 'default', 'live');
      return found.every(({ State }) => State !== 'running') ? true : undefined;
    });
    expect(asleep).toBe(true);
    expect(await call()).toBe('two');
  });

  it('gets another relay when the one it has is killed, and calls wait for it', async () => {
    const [before] = await relays();
    await docker.getContainer(before!.Id).kill();
    const answers = await Promise.all([1, 2, 3].map(() => platform.curl('/function/live')));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    const now = await relays();
    expect(now.map(({ Id }) => Id)).not.toContain(before!.Id);
    expect(now).toHaveLength(1);
  });

  it('has its way again after a restart, also one without warning, with one relay', async () => {
    for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
      await platform.stop(signal);
      expect(await wanted(async () => ((await relays()).length === 0 ? true : undefined)), signal).toBe(true);
      await platform.boot();
      expect(await call()).toBe('two');
      expect(await relays()).toHaveLength(1);
    }
  });

  it('leaves nothing behind with the last function but the relay, and nothing at all when it stops', async () => {
    await platform.platOk(['rm', 'live', '--yes']);
    const clean = await wanted(async () => {
      const { containers, networks, images } = await leftovers(platform.namespace);
      return containers.length <= 1 && networks.length + images.length === 0 ? true : undefined;
    });
    expect(clean, JSON.stringify(await leftovers(platform.namespace))).toBe(true);
    await platform.stop();
    const gone = await wanted(async () =>
      (await leftovers(platform.namespace)).containers.length === 0 ? true : undefined,
    );
    expect(gone).toBe(true);
  });
});
