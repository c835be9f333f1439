import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, request, type IncomingMessage } from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { listen, type Running } from '@plat/platform-kit/http-server.ts';
import { start, type RunningGate } from './start.ts';

const OURS = { 'plat.managed': 'true', 'plat.namespace': 'plat' };
const POOLED = {
  ...OURS,
  'plat.pool': 'node',
  'plat.project': 'shop',
  'plat.claim': 'memory=128 cpus=1 pids=256',
  'plat.instance': 'i',
  'plat.port': '8080',
};
const THEIRS = { 'plat.managed': 'true', 'plat.namespace': 'other' };
const THINGS: Record<string, unknown> = {
  '/version': {},
  '/containers/ours/json': { Config: { Labels: OURS } },
  '/containers/pooled/json': { Config: { Labels: POOLED } },
  '/containers/theirs/json': { Config: { Labels: THEIRS } },
  '/containers/postgres/json': { Config: { Labels: {} } },
  '/containers/proxy/json': { Config: { Labels: { 'plat.member': 'plat' } } },
  '/networks/plat-functions-shop': { Labels: OURS },
  '/networks/plat-platform': { Labels: {} },
  '/images/plat/shop-hello:1/json': { Config: { Labels: OURS } },
  '/images/debian:trixie-slim/json': { Config: { Labels: {} } },
};
const INSTANCE = {
  Image: 'sha256:1',
  Labels: OURS,
  HostConfig: {
    NetworkMode: 'plat-functions-shop',
    Memory: 1024,
    PidsLimit: 16,
    CapDrop: ['ALL'],
    SecurityOpt: ['no-new-privileges'],
  },
};

type Answer = { status: number; text: string };
let folder: string;
let engine: Running | undefined;
let gate: RunningGate;
let seen: { method: string; url: string; body: string }[];

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'plat-gate-'));
  seen = [];
  const server = createServer((req, res) => {
    const url = req.url ?? '';
    const known = req.method === 'GET' ? THINGS[url] : undefined;
    if (known) return void res.end(JSON.stringify(known));
    let body = '';
    req.on('data', (chunk: Buffer) => (body += chunk.toString()));
    req.on('end', () => {
      seen.push({ method: req.method ?? '', url, body });
      if (url === '/missing' || url.startsWith('/containers/gone')) res.writeHead(404);
      res.end('from the engine');
    });
  });
  engine = await listen(server, `unix:${path.join(folder, 'docker.sock')}`, { drainMs: 0 });
  gate = await start({
    ENGINE_SOCKET: path.join(folder, 'docker.sock'),
    GATE_DIR: path.join(folder, 'gate'),
    GATE_LISTEN: 'http://127.0.0.1:0',
    PLAT_NAMESPACE: 'plat',
    FUNCTIONS_NETWORK_POOL: { first: 10 * 2 ** 24, size: 2 ** 16 },
    LOG_LEVEL: 'silent',
  });
});
afterEach(async () => {
  await gate.close();
  await engine?.close();
  await rm(folder, { recursive: true, force: true });
});

function ask(service: string, method: string, url: string, body?: unknown): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const req = request({ socketPath: gate.sockets[service], method, path: url }, (res: IncomingMessage) => {
      let text = '';
      res.on('data', (chunk: Buffer) => (text += chunk.toString()));
      res.on('end', () => resolve({ status: res.statusCode ?? 0, text }));
      res.on('error', reject);
    });
    req.on('error', reject);
    req.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

test('what a service does reaches the engine as it was sent, and so does the answer', async () => {
  expect(await ask('function-controller', 'POST', '/containers/create?name=a', INSTANCE)).toEqual({
    status: 200,
    text: 'from the engine',
  });
  expect(seen).toEqual([
    { method: 'POST', url: '/containers/create?name=a', body: JSON.stringify(INSTANCE) },
  ]);
});

describe.each([
  ['function-proxy', 'POST', '/containers/create'],
  ['function-proxy', 'POST', '/containers/ours/stop'],
  ['function-proxy', 'POST', '/build'],
  ['function-controller', 'POST', '/build'],
  ['function-controller', 'POST', '/containers/ours/exec'],
  ['function-controller', 'PUT', '/containers/ours/archive?path=/'],
  ['function-controller', 'GET', '/volumes'],
  ['function-controller', 'POST', '/volumes/prune'],
  ['builder', 'POST', '/containers/create'],
  ['builder', 'GET', '/containers/ours/json'],
  ['builder', 'GET', '/containers/ours/logs'],
  ['traefik', 'POST', '/containers/ours/stop'],
  ['function-controller', 'POST', '/containers/ours/../../exec/1/start'],
  ['function-controller', 'POST', '/containers/ours%2f..%2f..%2fexec/stop'],
  ['function-controller', 'POST', '//containers/ours/stop'],
])('%s: %s %s', (service, method, url) => {
  test('is refused, and never reaches the engine', async () => {
    const answer = await ask(service, method, url);
    expect(answer.status).toBe(403);
    expect((JSON.parse(answer.text) as { message: string }).message).toContain('engine-gate refuses');
    expect(seen).toEqual([]);
  });
});

describe('containers', () => {
  test.each([
    ['a mount', { HostConfig: { ...INSTANCE.HostConfig, Binds: ['/:/host'] } }],
    ['a mount of the newer kind', { HostConfig: { ...INSTANCE.HostConfig, Mounts: [] } }],
    ['privileges', { HostConfig: { ...INSTANCE.HostConfig, Privileged: true } }],
    ['capabilities', { HostConfig: { ...INSTANCE.HostConfig, CapAdd: ['SYS_ADMIN'] } }],
    ['a port of the host', { HostConfig: { ...INSTANCE.HostConfig, PortBindings: {} } }],
    ["the host's network", { HostConfig: { ...INSTANCE.HostConfig, NetworkMode: 'host' } }],
    ["the platform's network", { HostConfig: { ...INSTANCE.HostConfig, NetworkMode: 'plat-platform' } }],
    ['no seccomp', { HostConfig: { ...INSTANCE.HostConfig, SecurityOpt: ['seccomp=unconfined'] } }],
    ['no limit of memory', { HostConfig: { ...INSTANCE.HostConfig, Memory: undefined } }],
    ['other networks', { NetworkingConfig: { EndpointsConfig: { 'plat-platform': {} } } }],
    ["another installation's labels", { Labels: THEIRS }],
    ['no labels', { Labels: undefined }],
  ])('one with %s is refused', async (_what, change) => {
    const answer = await ask('function-controller', 'POST', '/containers/create', { ...INSTANCE, ...change });
    expect(answer.status).toBe(403);
    expect(seen).toEqual([]);
  });

  test('another installation’s, and what is nobody’s, are out of reach by their ids', async () => {
    for (const id of ['theirs', 'postgres', 'proxy'])
      expect((await ask('function-controller', 'DELETE', `/containers/${id}?force=true`)).status).toBe(403);
    expect((await ask('function-controller', 'DELETE', '/containers/ours?force=true')).status).toBe(200);
    expect((await ask('function-controller', 'DELETE', '/containers/gone')).status).toBe(404);
  });

  test('lists and events are narrowed to this installation, whatever else they ask for', async () => {
    await ask('function-proxy', 'GET', '/containers/json?all=true');
    const filters = JSON.stringify({ type: { container: true }, label: { 'plat.managed=true': true } });
    await ask('builder', 'GET', '/containers/json');
    await ask('traefik', 'GET', `/v1.24/events?filters=${encodeURIComponent(filters)}`);
    const sent = seen.map(({ url }) => new URL(url, 'http://e'));
    expect(sent.map(({ pathname }) => pathname)).toEqual([
      '/containers/json',
      '/containers/json',
      '/v1.24/events',
    ]);
    expect(sent.map((url) => JSON.parse(url.searchParams.get('filters')!) as unknown)).toEqual([
      { label: ['plat.namespace=plat'] },
      { label: ['plat.namespace=plat'] },
      { type: ['container'], label: ['plat.managed=true', 'plat.namespace=plat'] },
    ]);
  });
});

test('only containers of pools get another name, within their project', async () => {
  const rename = (id: string, name: string, service = 'function-controller') =>
    ask(service, 'POST', `/containers/${id}/rename?name=${name}`);
  expect((await rename('pooled', 'plat-shop-hello-v1.f.i.s')).status).toBe(200);
  expect((await rename('gone', 'plat-shop-hello-v1.f.i.s')).status).toBe(404);
  for (const name of ['plat-other-hello-v1.f.i.s', 'other-shop-hello', ''])
    expect((await rename('pooled', name)).status).toBe(403);
  for (const id of ['ours', 'theirs', 'postgres', 'proxy'])
    expect((await rename(id, 'plat-shop-hello-v1.f.i.s')).status).toBe(403);
  expect((await rename('pooled', 'plat-shop-hello-v1.f.i.s', 'function-proxy')).status).toBe(403);
});

test('only the platform’s own members join, and only functions’ networks', async () => {
  const connect = (network: string, Container: string) =>
    ask('function-proxy', 'POST', `/networks/${network}/connect`, { Container });
  expect((await connect('plat-functions-shop', 'proxy')).status).toBe(200);
  expect((await connect('plat-functions-shop', 'postgres')).status).toBe(403);
  expect((await connect('plat-functions-shop', 'ours')).status).toBe(403);
  expect((await connect('plat-platform', 'proxy')).status).toBe(403);
});

test('networks get a subnet of the pool, and nothing else of the host', async () => {
  const create = (IPAM?: unknown) =>
    ask('function-controller', 'POST', '/networks/create', {
      Name: 'plat-functions-shop',
      Driver: 'bridge',
      Labels: OURS,
      IPAM,
    });
  expect((await create()).status).toBe(200);
  expect((await create({ Config: [{ Subnet: '10.0.7.0/24' }] })).status).toBe(200);
  for (const config of [
    { Subnet: '8.8.8.0/24' },
    { Subnet: '10.0.0.0/8' },
    { Subnet: '10.0.7.0/24', Gateway: '10.0.7.9' },
    {},
  ])
    expect((await create({ Config: [config] })).status).toBe(403);
  expect((await create({ Driver: 'other', Config: [{ Subnet: '10.0.7.0/24' }] })).status).toBe(403);
});

test('builds carry our labels and nothing of the host; only our images are removed', async () => {
  const labels = encodeURIComponent(JSON.stringify(OURS));
  expect((await ask('builder', 'POST', `/build?version=2&t=a&labels=${labels}`)).status).toBe(200);
  expect((await ask('builder', 'POST', `/build?networkmode=host&labels=${labels}`)).status).toBe(403);
  expect((await ask('builder', 'POST', '/build?version=2')).status).toBe(403);
  expect((await ask('builder', 'DELETE', '/images/plat/shop-hello:1')).status).toBe(200);
  expect((await ask('builder', 'DELETE', '/images/debian:trixie-slim')).status).toBe(403);
});

test('images are named and pushed under our own prefix only', async () => {
  const tag = (image: string, repo: string) =>
    ask('builder', 'POST', `/images/${image}/tag?repo=${repo}&tag=1`);
  expect((await tag('plat/shop-hello:1', 'localhost:5577/plat/f1')).status).toBe(200);
  expect((await tag('plat/shop-hello:1', 'localhost:5577/other/f1')).status).toBe(403);
  expect((await tag('plat/shop-hello:1', 'debian')).status).toBe(403);
  expect((await tag('debian:trixie-slim', 'localhost:5577/plat/f1')).status).toBe(403);
  expect((await ask('builder', 'POST', '/images/localhost:5577/plat/f1/push?tag=1')).status).toBe(200);
  expect((await ask('builder', 'POST', '/images/localhost:5577/other/f1/push?tag=1')).status).toBe(403);
});

test('an engine that is away breaks the connection, and makes the gate unhealthy', async () => {
  expect((await fetch(gate.url)).status).toBe(200);
  await engine?.close();
  engine = undefined;
  expect((await fetch(gate.url)).status).toBe(503);
  await expect(ask('builder', 'GET', '/_ping')).rejects.toThrow(/hang up|ECONNRESET/);
});
