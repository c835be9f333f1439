import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { functionView, json, startFakeGateway, type FakeGateway } from './testing/fake-gateway.ts';

const BIN = fileURLToPath(new URL('../bin/plat.mjs', import.meta.url));
let gateway: FakeGateway;
let folder: string;

beforeAll(async () => {
  gateway = await startFakeGateway();
  folder = mkdtempSync(path.join(os.tmpdir(), 'plat-bin-test-'));
});
afterAll(async () => {
  await gateway.close();
  rmSync(folder, { recursive: true, force: true });
});

const environment = (more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({
  PATH: process.env['PATH'],
  HOME: folder,
  XDG_CONFIG_HOME: folder,
  API_URL: gateway.url,
  ...more,
});

function plat(
  argv: string[],
  more: NodeJS.ProcessEnv = {},
): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [BIN, ...argv],
      { cwd: folder, env: environment(more) },
      (error, out, err) => resolve({ code: error ? Number(error.code) : 0, out, err }),
    );
    child.stdin?.end();
  });
}

describe('bin/plat.mjs', () => {
  it('prints its version and exits with the code of what happened', async () => {
    expect(await plat(['--version'])).toEqual({ code: 0, out: '0.1.0\n', err: '' });
    expect((await plat(['nonsense'])).code).toBe(2);
    expect((await plat(['describe', 'missing'])).code).toBe(4);
    expect((await plat(['ls'], { API_URL: 'http://127.0.0.1:9' })).code).toBe(6);
  }, 30_000);

  it('uses no colour without a terminal', async () => {
    gateway.on('GET /api/functions', json({ items: [functionView()], next: null }));
    const result = await plat(['ls']);
    expect(result.code).toBe(0);
    expect(result.out + result.err).not.toContain('\u001b');
  });

  it('reads the event from standard input', async () => {
    gateway.on('GET /api/projects/default/functions/hello', json(functionView()));
    gateway.on(
      'POST /api/projects/default/functions/hello/invoke',
      (res, request) => void res.end(request.body),
    );
    writeFileSync(path.join(folder, 'event.json'), '{"from":"stdin"}');
    const child = spawn(process.execPath, [BIN, 'invoke', 'hello'], { cwd: folder, env: environment() });
    child.stdin.end('{"from":"stdin"}');
    let out = '';
    child.stdout.on('data', (chunk) => (out += String(chunk)));
    const code = await new Promise((resolve) => child.once('close', resolve));
    expect({ code, out }).toEqual({ code: 0, out: '{"from":"stdin"}' });
  });

  it('ends quietly when the reader of its output goes away', async () => {
    gateway.on('GET /api/projects/default/functions/big/versions/1/source', (res) => {
      const send = (): void => {
        while (!res.destroyed && res.write(Buffer.alloc(65_536)));
        if (!res.destroyed) res.once('drain', send);
      };
      send();
    });
    const child = spawn(process.execPath, [BIN, 'source', 'big', '1', '-O', '-'], {
      cwd: folder,
      env: environment(),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let err = '';
    child.stderr.on('data', (chunk) => (err += String(chunk)));
    child.stdout.once('data', () => child.stdout.destroy());
    const code = await new Promise((resolve) => child.once('close', resolve));
    expect({ code, err }).toEqual({ code: 0, err: '' });
  });

  it('exits with 130 after an interrupt', async () => {
    gateway.on('GET /api/projects/default/functions/hello/logs', (res) => {
      res.writeHead(200, { 'content-type': 'text/event-stream' }).write(': open\n\n');
      child.kill('SIGINT');
    });
    const child = spawn(process.execPath, [BIN, 'logs', 'hello', '-f'], {
      cwd: folder,
      env: environment(),
      stdio: 'ignore',
    });
    expect(await new Promise((resolve) => child.once('close', resolve))).toBe(130);
  });
});
