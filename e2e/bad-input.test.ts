import { writeFile } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import { ZipArchive } from 'archiver';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { engineProblem, leftovers } from './src/engine.ts';
import { nodeFunction, writeFunction } from './src/function-folder.ts';
import { Platform } from './src/platform.ts';

const problem = await engineProblem();
type Problem = { code: string; detail: string; component: string; requestId: string };

describe.skipIf(problem)('bad input gets a clear error and leaves nothing behind', () => {
  let platform: Platform;

  beforeAll(async () => {
    platform = await Platform.start();
  });
  afterAll(async () => {
    await platform?.remove();
  });

  async function upload(
    name: string,
    source: Buffer,
    config: unknown = { runtime: 'node' },
    project = 'default',
  ) {
    const form = new FormData();
    form.set('config', typeof config === 'string' ? config : JSON.stringify(config));
    form.set('source', new Blob([new Uint8Array(source)], { type: 'application/zip' }), 'source.zip');
    const answer = await platform.curl(
      `/api/projects/${project}/functions/${encodeURIComponent(name)}/versions`,
      { method: 'POST', body: form },
    );
    return { status: answer.status, problem: JSON.parse(answer.text) as Problem };
  }

  async function zip(files: Record<string, string>): Promise<Buffer> {
    const archive = new ZipArchive();
    for (const [name, content] of Object.entries(files)) archive.append(content, { name });
    void archive.finalize();
    return buffer(archive);
  }

  it.each([
    ['empty after trimming', '%20'],
    ['upper case', 'Hello'],
    ['too long', 'a'.repeat(64)],
    ['unicode', 'héllo'],
    ['a path', '../x'],
    ['two dashes', 'a--b'],
    ['reserved', 'api'],
    ['reserved', 'www'],
  ])('a name that is %s (%s)', async (_why, name) => {
    const { status, problem } = await upload(name, await zip({ 'index.js': 'exports.handler = () => 1' }));
    expect(status).toBe(400);
    expect(problem).toMatchObject({ code: 'invalid', component: 'api-gateway' });
    expect(problem.detail).toMatch(/name|reserved/i);
  });

  it.each([
    ['not a zip', async () => Buffer.from('this is no archive, only text of some length')],
    ['empty', async () => Buffer.alloc(0)],
    ['an archive without files', () => zip({})],
  ])('a source that is %s', async (_why, make) => {
    const { status, problem } = await upload('hello', await make());
    expect(status).toBe(400);
    expect(problem.code).toBe('invalid');
    expect((await platform.plat(['describe', 'hello'])).code).toBe(4);
  });

  it('a bomb is refused for its ratio', async () => {
    const { status, problem } = await upload(
      'bomb',
      await zip({ 'index.js': 'exports.handler = () => 1', 'zeros.bin': '\0'.repeat(64 * 1024 * 1024) }),
    );
    expect(status).toBe(400);
    expect(problem.detail).toMatch(/zeros\.bin|ratio|expand/i);
  });

  it.each([
    ['an unknown runtime', { runtime: 'nod' }, /did you mean "node"/],
    ['an unknown key', { runtime: 'node', memroy: '128MB' }, /memroy.*did you mean "memory"/],
    ['memory "lots"', { runtime: 'node', memory: 'lots' }, /memory.*lots/],
    ['a wrong type', { runtime: 'node', concurrency: 'many' }, /concurrency/],
    ['a variable of the platform', { runtime: 'node', env: { PLAT_X: '1' } }, /PLAT_/],
    ['text that is not JSON', '{', /config/],
  ])('a configuration with %s', async (_why, config, message) => {
    const { status, problem } = await upload(
      'hello',
      await zip({ 'index.js': 'exports.handler = () => 1' }),
      config,
    );
    expect(status).toBe(400);
    expect(problem.detail).toMatch(message);
  });

  it('an unknown project, function, version and alias are not found, each by name', async () => {
    const noProject = await upload(
      'hello',
      await zip({ 'index.js': 'exports.handler = () => 1' }),
      { runtime: 'node' },
      'nowhere',
    );
    expect([noProject.status, noProject.problem.detail]).toEqual([
      404,
      expect.stringContaining('nowhere') as string,
    ]);
    for (const route of [
      '/function/nobody',
      '/api/projects/default/functions/nobody',
      '/api/projects/default/functions/nobody/versions/7',
    ]) {
      const answer = await platform.curl(route);
      expect(answer.status, route).toBe(404);
      expect(answer.text, route).toContain('nobody');
    }
  });

  it('an expired token is told apart from a wrong one', async () => {
    const { token } = await platform.platJson<{ token: string }>([
      'tokens',
      'create',
      'brief',
      '--role',
      'viewer',
      '--expires',
      '1s',
    ]);
    await expect
      .poll(async () => (await platform.curl('/api/functions', { token })).text, { timeout: 10_000 })
      .toMatch(/expired/);
  });

  it('a body over the limit is refused before it is read', async () => {
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = net.connect(platform.port, '127.0.0.1', () =>
        socket.write(
          'POST /function/hello HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer dev-token\r\nContent-Length: 99999999999\r\n\r\n',
        ),
      );
      socket.once('data', (chunk) => {
        resolve(chunk.toString());
        socket.destroy();
      });
      socket.once('error', reject);
    });
    expect(answer).toMatch(/^HTTP\/1.1 413 /);
    expect(answer).toContain('too_large');
  });

  it('plat.yaml with an unknown key names it and the nearest, and exits with 2', async () => {
    const folder = await writeFunction(
      await platform.workFolder('typo'),
      nodeFunction('typo', 'return 1;', 'memroy: 128MB\n'),
    );
    const { code, stderr } = await platform.plat(['deploy'], { cwd: folder });
    expect(code).toBe(2);
    expect(stderr).toMatch(/memroy.*memory/s);
  });

  it('an empty folder and a folder without plat.yaml are refused by the CLI', async () => {
    const empty = await platform.workFolder('empty');
    expect((await platform.plat(['deploy'], { cwd: empty })).code).toBe(2);
    await writeFile(path.join(empty, 'plat.yaml'), 'name: empty\nruntime: node\n');
    const nothing = await platform.plat(['deploy'], { cwd: empty });
    expect(nothing.code).not.toBe(0);
  });

  it('a platform that does not run: the CLI says how to start it and exits with 6', async () => {
    const { code, stderr } = await platform.plat(['ls'], {
      env: { ...platform.env, API_URL: 'http://127.0.0.1:9' },
    });
    expect(code).toBe(6);
    expect(stderr).toContain('npm start');
  });

  it('a port that is taken, and a data folder that is in use, are said in one line', async () => {
    const { runProcess } = await import('./src/run-process.ts');
    const start = (env: Record<string, string>) =>
      runProcess(process.execPath, ['scripts/start.mjs'], {
        env: { ...platform.env, ...env },
        timeoutMs: 60_000,
      });
    const port = await start({ PLAT_DATA_DIR: path.join(platform.folder, 'other') });
    expect(port.code).toBe(1);
    expect(port.stderr).toContain(`Port ${platform.port} is in use`);
    expect(port.stderr).not.toContain('    at ');
    const data = await start({ PORT: '0' });
    expect(data.code).toBe(1);
    expect(data.stderr).toContain('PLAT_DATA_DIR');
    const typo = await start({ PORT: 'eighty', PLAT_NAMESPCE: 'x' });
    expect(typo.stderr).toMatch(/PORT[\s\S]*PLAT_NAMESPCE|PLAT_NAMESPCE[\s\S]*PORT/);
    const open = await start({
      HOST: '0.0.0.0',
      PORT: '0',
      PLAT_DATA_DIR: path.join(platform.folder, 'open'),
    });
    expect(open.code).toBe(1);
    expect(open.stderr).toContain('AUTH_TOKEN');
  });

  it('nothing of all this is left on the engine', async () => {
    const left = await leftovers(platform.namespace);
    expect(left.containers).toEqual([]);
    expect(left.images).toEqual([]);
  });
});
