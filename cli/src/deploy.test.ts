import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  buildLogLine,
  events,
  functionView,
  json,
  problem,
  versionRecord,
  type Received,
} from './testing/fake-gateway.ts';
import type { RunOptions } from './testing/test-host.ts';
import { useCli } from './testing/use-cli.ts';

const { gateway, host, plat } = useCli();
const HELLO = '/api/projects/default/functions/hello';
const VERSION = `${HELLO}/versions/3`;

beforeEach(() => {
  writeFileSync(
    path.join(host.cwd, 'plat.yaml'),
    'name: hello\nruntime: node\nenv:\n  GREETING: Hello\n  TAX: 1.10\n',
  );
  writeFileSync(path.join(host.cwd, 'index.mjs'), 'export const handler = async () => 1;\n');
  gateway.on(`POST ${HELLO}/versions`, json(versionRecord({ state: 'pending' }), 202));
  gateway.on(`GET ${HELLO}`, json(functionView()));
});

const deploy = (argv: string[] = [], options: RunOptions = {}) => plat(['deploy', ...argv], options);
const state = (more: Parameters<typeof versionRecord>[0]): [string, unknown] => [
  'state',
  versionRecord(more),
];
const READY: [string, unknown] = ['end', versionRecord({ state: 'ready' })];

async function upload(): Promise<FormData> {
  const request = gateway.received.find(({ method }) => method === 'POST') as Received;
  const headers = { 'content-type': request.headers['content-type']! };
  return new Response(new Uint8Array(request.body), { headers }).formData();
}
async function sentConfig(): Promise<unknown> {
  return JSON.parse((await upload()).get('config') as string);
}

describe('plat deploy', () => {
  it('uploads configuration and archive, shows the phases and ends with both URLs', async () => {
    gateway.on(
      `GET ${VERSION}/events`,
      events([state({ state: 'pending' }), state({ state: 'building' }), ['log', buildLogLine('installing')], state({ state: 'starting' }), READY]),
    ); // prettier-ignore
    const result = await deploy();
    expect(result.code).toBe(0);
    expect(result.out).toBe('http://plat.test/function/hello\nhttp://default-hello.localhost\n');
    expect(result.err).toMatch(/uploaded 1 file, .*\n.* built .*\n.* started .*\n.*version 3 is live\n/s);
    expect(result.err).not.toContain('installing');
    const form = await upload();
    expect(await sentConfig()).toEqual({ runtime: 'node', env: { GREETING: 'Hello', TAX: '1.10' } });
    expect(JSON.parse(form.get('options') as string)).toEqual({ promote: true });
    const archive = Buffer.from(await (form.get('source') as Blob).arrayBuffer());
    expect(archive.subarray(0, 4).toString('latin1')).toBe('PK\u0003\u0004');
    expect(archive.includes('index.mjs')).toBe(true);
    expect(archive.includes('plat.yaml')).toBe(false);
  });

  it('lets flags win over plat.yaml and merges variables', async () => {
    gateway.on(`GET ${VERSION}/events`, events([READY]));
    await deploy([
      '--memory',
      '256MB',
      '--env',
      'GREETING=Hi',
      '--env',
      'B=x=y',
      '--min',
      '1',
      '--no-promote',
    ]);
    expect(await sentConfig()).toEqual({
      runtime: 'node',
      memory: '256MB',
      env: { GREETING: 'Hi', TAX: '1.10', B: 'x=y' },
      scale: { min: 1 },
    });
  });

  it('prints the version and its URLs as JSON', async () => {
    gateway.on(`GET ${VERSION}/events`, events([READY]));
    const result = await deploy(['-o', 'json', '-q']);
    expect(result.err).toBe('');
    expect(JSON.parse(result.out)).toMatchObject({
      number: 3,
      state: 'ready',
      url: 'http://plat.test/function/hello',
      hostUrl: 'http://default-hello.localhost',
    });
  });

  it('points at the version itself when it was not promoted', async () => {
    gateway.on(`GET ${VERSION}/events`, events([['end', versionRecord({ promote: false })]]));
    expect((await deploy(['--no-promote'])).out).toBe('http://plat.test/function/hello@3\n');
  });

  it('shows the build log on request', async () => {
    gateway.on(`GET ${VERSION}/events`, events([['log', buildLogLine('installing')], READY]));
    expect((await deploy(['--build-log'])).err).toContain('installing\n');
  });

  it('does not wait with --no-wait', async () => {
    const result = await deploy(['--no-wait']);
    expect(result.code).toBe(0);
    expect(result.err).toContain('plat build-log hello 3 -f');
    expect(gateway.received.some(({ path }) => path.endsWith('/events'))).toBe(false);
  });

  it('goes on after a cut stream and tells each line of the log once', async () => {
    let calls = 0;
    const first: [string, unknown][] = [state({ state: 'building' }), ['log', buildLogLine('one')], ['log', buildLogLine('one')]]; // prettier-ignore
    gateway.on(`GET ${VERSION}/events`, (res, request) =>
      ++calls === 1
        ? events(first, { cut: true })(res, request)
        : events([...first, ['log', buildLogLine('two')], READY])(res, request),
    );
    const result = await deploy(['--build-log']);
    expect(result.code).toBe(0);
    expect(calls).toBe(2);
    expect(result.err.match(/^(one|two)$/gm)).toEqual(['one', 'one', 'two']);
  });

  it('shows why a build failed, the end of its log and how to see the rest, and exits with 8', async () => {
    const error = { code: 'invalid', message: 'npm ci failed', phase: 'building', logTail: ['npm ERR! no lock file'] } as const; // prettier-ignore
    gateway.on(`GET ${VERSION}/events`, events([state({ state: 'building' }), ['end', versionRecord({ state: 'failed', error: { ...error, logTail: [...error.logTail] } })]])); // prettier-ignore
    gateway.on(`GET ${HELLO}`, json(functionView({ aliases: [{ name: 'live', weights: [{ version: 2, weight: 100 }], updatedAt: '' }] }))); // prettier-ignore
    const result = await deploy();
    expect(result).toMatchObject({ code: 8, out: '' });
    expect(result.err).toContain(
      'Version 3 of default/hello could not be built: npm ci failed. Version 2 still serves.',
    );
    expect(result.err).toContain('npm ERR! no lock file');
    expect(result.err).toContain('plat build-log hello 3');
  });

  it('shows the log of an instance that never became ready, and exits with 8', async () => {
    const error = { code: 'function_failed' as const, message: 'It exited.', phase: 'starting' as const, logTail: ['SyntaxError'] }; // prettier-ignore
    gateway.on(`GET ${VERSION}/events`, events([['end', versionRecord({ state: 'failed', error })]]));
    gateway.on(`GET ${HELLO}`, json(functionView({ status: 'failed', live: null, aliases: [] })));
    const result = await deploy();
    expect(result.code).toBe(8);
    expect(result.err).toContain('never became ready: It exited.\n  SyntaxError\n');
    expect(result.err).toContain('plat logs hello --version 3');
    expect(result.err).not.toContain('still serves');
  });

  it('asks the platform to cancel when it is interrupted', async () => {
    const stop = new AbortController();
    gateway.on(`GET ${VERSION}/events`, (res) => {
      res.writeHead(200, { 'content-type': 'text/event-stream' });
      res.write(`event: state\ndata: ${JSON.stringify(versionRecord({ state: 'building' }))}\n\n`);
      setTimeout(() => stop.abort(), 20);
    });
    gateway.on(`POST ${VERSION}/cancel`, json(versionRecord({ state: 'cancelled' })));
    const result = await deploy([], { signal: stop.signal });
    expect(result.code).toBe(130);
    expect(result.err).toContain('version 3 of default/hello was cancelled');
    expect(gateway.received.at(-1)!.path).toBe(`${VERSION}/cancel`);
  });

  it('stops waiting after --wait-timeout', async () => {
    gateway.on(`GET ${VERSION}/events`, (res) => {
      res.writeHead(200, { 'content-type': 'text/event-stream' }).write(': open\n\n');
    });
    const result = await deploy(['--wait-timeout', '50ms']);
    expect(result.code).toBe(6);
    expect(result.err).toContain('may still become ready');
  });

  it('exits with 4 for a project that does not exist', async () => {
    gateway.on(
      'POST /api/projects/shop/functions/hello/versions',
      problem('not_found', 'There is no project "shop".'),
    );
    expect((await deploy(['--project', 'shop'])).code).toBe(4);
  });

  it('deploys another folder than the present one, in the project of its plat.yaml', async () => {
    const folder = path.join(host.cwd, 'other');
    mkdirSync(folder);
    writeFileSync(path.join(folder, 'plat.yaml'), 'name: hello\nproject: shop\nruntime: node\n');
    writeFileSync(path.join(folder, 'index.mjs'), '');
    await deploy(['other', '--no-wait']);
    expect(gateway.received[0]!.path).toBe('/api/projects/shop/functions/hello/versions');
  });

  it('refuses what is wrong before it uploads anything', async () => {
    expect((await deploy(['--memory', 'lots'])).err).toContain('--memory: expected a size');
    writeFileSync(
      path.join(host.cwd, 'plat.yaml'),
      'name: hello\nruntime: node\nmemmory: 1GB\ntimeout: never\n',
    );
    const result = await deploy();
    expect(result.code).toBe(2);
    expect(result.err).toContain('plat.yaml:3: memmory: unknown key; did you mean "memory"?');
    expect(result.err).toContain('plat.yaml:4: timeout: expected a duration');
    expect(gateway.received).toEqual([]);
  });

  it('needs neither plat.yaml nor a name in it when flags say everything', async () => {
    const folder = path.join(host.cwd, 'bare');
    mkdirSync(folder);
    expect((await deploy(['bare'])).err).toContain('--name and --runtime');
    const empty = await deploy(['bare', '--name', 'hello', '--runtime', 'node']);
    expect(empty.code).toBe(2);
    expect(empty.err).toContain('nothing to deploy');
    writeFileSync(path.join(folder, 'index.mjs'), '');
    expect((await deploy(['bare', '--name', 'hello', '--runtime', 'node', '--no-wait'])).code).toBe(0);
  });
});
