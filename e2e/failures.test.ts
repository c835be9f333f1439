import type { VersionRecord } from '@plat/platform-kit/domain.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { byHost } from './src/by-host.ts';
import { engineProblem } from './src/engine.ts';
import { nodeFunction, writeFunction } from './src/function-folder.ts';
import { Platform } from './src/platform.ts';

const problem = await engineProblem();
const BUILD_FAILED = 8;

describe.skipIf(problem)('deploys that cannot succeed say why and leave the old version serving', () => {
  let platform: Platform;

  beforeAll(async () => {
    platform = await Platform.start({ READY_TIMEOUT_SECONDS: '8' });
  });
  afterAll(async () => {
    await platform?.remove();
  });

  async function deploy(name: string, files: Record<string, string>) {
    const folder = await writeFunction(await platform.workFolder(name), files);
    return platform.plat(['deploy'], { cwd: folder, timeoutMs: 300_000 });
  }

  it('a package that does not exist (pip)', async () => {
    const { code, stderr } = await deploy('no-such-pip', {
      'plat.yaml': 'name: no-such-pip\nruntime: python\n',
      'main.py': 'def handler(event):\n    return 1\n',
      'requirements.txt': 'surely-no-package-has-this-name-4711==9.9.9\n',
    });
    expect(code).toBe(BUILD_FAILED);
    expect(stderr).toContain('surely-no-package-has-this-name-4711');
    expect(stderr).toContain('plat build-log');
    expect((await platform.platOk(['build-log', 'no-such-pip', '1'])).stdout).toContain(
      'surely-no-package-has-this-name-4711',
    );
  });

  it('a package that does not exist (npm)', async () => {
    const { code, stderr } = await deploy('no-such-npm', {
      ...nodeFunction('no-such-npm', 'return 1;'),
      'package.json': '{"dependencies":{"surely-no-package-has-this-name-4711":"9.9.9"}}',
    });
    expect(code).toBe(BUILD_FAILED);
    expect(stderr).toContain('surely-no-package-has-this-name-4711');
  });

  it('a handler file that is not there is refused before anything is built', async () => {
    const { code, stderr } = await deploy('no-file', {
      'plat.yaml': 'name: no-file\nruntime: node\nhandler: app.handler\n',
      'index.js': '',
    });
    expect(code).not.toBe(0);
    expect(stderr).toContain('app');
    expect((await platform.plat(['describe', 'no-file'])).code).toBe(4);
  });

  it.each([
    ['no-export', { 'index.js': 'exports.other = () => 1;\n' }, /handler.*(not|no).*|other/i],
    ['syntax', { 'index.js': 'exports.handler = async ( => {\n' }, /SyntaxError/],
    ['throws', { 'index.js': 'throw new Error("not configured");\n' }, /not configured/],
    [
      'exits',
      { 'index.js': 'console.log("bye before it began"); process.exit(3);\n' },
      /code 3[\s\S]*bye before it began/,
    ],
    [
      'never-ready',
      {
        'index.mjs':
          'await new Promise((r) => setInterval(() => {}, 1000));\nexport const handler = () => 1;\n',
      },
      /ready in time/,
    ],
  ])('%s', async (name, files, message) => {
    const { code, stderr } = await deploy(name, {
      'plat.yaml': `name: ${name}\nruntime: node\n`,
      ...(files as Record<string, string>),
    });
    expect(code).toBe(BUILD_FAILED);
    expect(stderr).toMatch(message);
  });

  it('a version that never gets ready leaves the old one serving', async () => {
    expect((await deploy('steady', nodeFunction('steady', 'return "good";'))).code).toBe(0);
    const { code, stderr } = await deploy('steady', {
      'plat.yaml': 'name: steady\nruntime: node\n',
      'index.js': 'throw new Error("broken");\n',
    });
    expect(code).toBe(BUILD_FAILED);
    expect(stderr).toMatch(/version 1|still/i);
    expect(JSON.parse((await platform.curl('/function/steady')).text)).toBe('good');
    const versions = await platform.platJson<{ items?: VersionRecord[] } | VersionRecord[]>([
      'versions',
      'steady',
    ]);
    const list = Array.isArray(versions) ? versions : (versions.items ?? []);
    expect(list[0]).toMatchObject({ number: 2, state: 'failed', error: { phase: 'starting' } });
  });
});

describe.skipIf(problem)('functions that fail while they are called', () => {
  let platform: Platform;

  beforeAll(async () => {
    platform = await Platform.start();
    const folder = await writeFunction(
      await platform.workFolder('odd'),
      nodeFunction(
        'odd',
        `switch (event.queryStringParameters?.do) {
          case 'throw': throw new TypeError('bad thing');
          case 'exit': process.exit(7);
          case 'hang': return new Promise(() => {});
          case 'spin': for (;;);
          case 'status': return { statusCode: 500, body: 'mine' };
          case 'big': return { statusCode: 200, body: 'x'.repeat(6 * 1024 * 1024) };
          case 'memory': { const all = []; for (;;) all.push(Buffer.alloc(8 * 1024 * 1024, 1)); }
          default: return process.pid;
        }`,
        'timeout: 2s\n',
      ),
    );
    await platform.platOk(['deploy'], { cwd: folder, timeoutMs: 300_000 });
  });
  afterAll(async () => {
    await platform?.remove();
  });

  it('a handler that throws is 502 function_failed with its message, and without it on the public host', async () => {
    const answer = await platform.curl('/function/odd?do=throw');
    expect(answer.status).toBe(502);
    expect(JSON.parse(answer.text)).toMatchObject({
      code: 'function_failed',
      requestId: answer.headers.get('x-request-id'),
    });
    expect(answer.text).toContain('bad thing');
    const edge = await byHost(platform.port, 'default-odd.platform.test', { path: '/?do=throw' });
    expect(edge.status).toBe(502);
    expect(edge.text).not.toContain('bad thing');
  });

  it("the function's own 500 passes untouched", async () => {
    const answer = await platform.curl('/function/odd?do=status');
    expect([answer.status, answer.text]).toEqual([500, 'mine']);
  });

  it('6 MB pass', async () => {
    expect((await platform.curl('/function/odd?do=big')).text.length).toBe(6 * 1024 * 1024);
  });

  it.each([
    ['exit', 502, 'function_failed'],
    ['memory', 502, 'function_failed'],
    ['hang', 504, 'function_timeout'],
    ['spin', 504, 'function_timeout'],
  ])('%s is %d %s, and the function serves again', async (action, status, code) => {
    const answer = await platform.curl(`/function/odd?do=${action}`);
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.text)).toMatchObject({ code });
    await expect
      .poll(async () => (await platform.curl('/function/odd')).status, { timeout: 30_000 })
      .toBe(200);
  });

  it('plat invoke exits with 7 for what the function failed', async () => {
    expect((await platform.plat(['invoke', 'odd', '-q', 'do=status'])).code).toBe(7);
    expect((await platform.plat(['invoke', 'odd', '-q', 'do=throw'])).code).toBe(7);
  });
});
